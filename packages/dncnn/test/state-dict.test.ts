import { InputError } from '@noisescope/core'
import { type StoredTensor, variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { type DncnnOptions, dncnn, dncnnFromStateDict } from '../src/index.ts'

/** The tensors of a new model under names of one's own. */
const stateOf = (options: DncnnOptions, nameOf: (name: string) => string = (name) => name): Map<string, StoredTensor> =>
  new Map(
    variablesOf(dncnn(options)).map(({ name, shape, initial }) => [
      nameOf(name),
      { shape, data: Float32Array.from(initial) },
    ]),
  )

/** PyTorch's place of each layer of four convolutions, with batch norm and without. */
const PLACES = {
  merged: { conv_1: 0, conv_2: 2, conv_3: 4, conv_4: 6 },
  batchNorm: { conv_1: 0, conv_2: 2, batch_norm_2: 3, conv_3: 5, batch_norm_3: 6, conv_4: 8 },
}

const renamed = (prefix: string, places: Readonly<Record<string, number>>) => (name: string) => {
  const [layer = '', kind = ''] = name.split('.')
  return `${prefix}${places[layer]}.${kind}`
}

describe("stored tensors of a DnCNN's weights", () => {
  const variants: Record<string, [DncnnOptions, (name: string) => string]> = {
    'our own names': [{ depth: 4, width: 5, channels: 1, bias: 'none', batchNorm: true }, (name) => name],
    'our own names, bias at the ends': [
      { depth: 3, width: 2, channels: 3, bias: 'outer', batchNorm: true },
      (name) => name,
    ],
    'SaoYan, in DataParallel': [
      { depth: 4, width: 5, channels: 3, bias: 'none', batchNorm: true },
      renamed('module.dncnn.', PLACES.batchNorm),
    ],
    'KAIR, merged': [
      { depth: 4, width: 6, channels: 1, bias: 'all', batchNorm: false },
      renamed('model.', PLACES.merged),
    ],
    'KAIR, not merged': [
      { depth: 4, width: 6, channels: 1, bias: 'all', batchNorm: true },
      renamed('model.', PLACES.batchNorm),
    ],
    'a bare Sequential without biases': [
      { depth: 4, width: 3, channels: 1, bias: 'none', batchNorm: false },
      renamed('', PLACES.merged),
    ],
    'two convolutions': [{ depth: 2, width: 3, channels: 1, bias: 'all', batchNorm: false }, (name) => name],
  }
  for (const [name, [options, nameOf]] of Object.entries(variants)) {
    it(`tell what the network is: ${name}`, () => {
      const stored = stateOf({ ...options, seed: 9 }, nameOf)
      stored.set('module.dncnn.3.num_batches_tracked', { shape: [], data: Float32Array.of(7) })
      const found = dncnnFromStateDict(stored)
      expect(found.options).toEqual(options)
      expect([...found.values.keys()]).toEqual(variablesOf(found.model))
      for (const [variable, data] of found.values)
        expect(data, variable.name).toBe(stored.get(nameOf(variable.name))?.data)
    })
  }

  it('are listed name by name, by the names of the file, where they do not fit', () => {
    const stored = stateOf({ depth: 4, width: 5 }, renamed('dncnn.', PLACES.batchNorm))
    stored.delete('dncnn.3.bias')
    stored.delete('dncnn.8.weight')
    stored.set('dncnn.5.weight', { shape: [5, 5, 5, 5], data: new Float32Array(625) })
    stored.set('dncnn.6.running_var', { shape: [5], data: new Float32Array(5).fill(Number.NaN) })
    stored.set('fc.weight', { shape: [1], data: new Float32Array(1) })
    // Without its last convolution, the highest number is that of the last batch norm.
    expect(() => dncnnFromStateDict(stored, 'net.pth')).toThrow(
      new InputError(
        'net.pth does not fit the model dncnn:\n  missing dncnn.3.bias 5\n  dncnn.5.weight is 5x5x5x5, expected 5x5x3x3\n  ' +
          'dncnn.6.running_var holds NaN or infinity\n  missing dncnn.8.weight 1x5x3x3\n  unexpected fc.weight 1',
      ),
    )
  })

  it('are not taken for a shallower network where those of the last layers are missing', () => {
    const stored = stateOf({ depth: 4, width: 5, bias: 'none', batchNorm: false })
    stored.delete('conv_4.weight')
    expect(() => dncnnFromStateDict(stored, 'net.pth')).toThrow(
      /conv_3\.weight, the last here, gives 5 channels where the first takes 1: are those after it missing\?$/,
    )
  })

  /** Layers of four convolutions with batch norm under names of somebody's own, in their order. */
  const OWN = {
    conv_1: 'head',
    conv_2: 'body.a.conv',
    batch_norm_2: 'body.a.norm',
    conv_3: 'body.b.conv',
    batch_norm_3: 'body.b.norm',
    conv_4: 'tail',
  }
  const named = (names: Readonly<Record<string, string>>) => (name: string) =>
    name.replace(/^\w+/, (layer) => names[layer] ?? layer)
  const options = { depth: 4, width: 5, channels: 1, bias: 'none', batchNorm: true } as const

  it('tell what the network is under names of any kind, by their order', () => {
    const stored = stateOf({ ...options, seed: 9 }, named(OWN))
    const found = dncnnFromStateDict(stored, 'net.pth', { inOrder: true })
    expect(found.options).toEqual(options)
    expect([...found.values.values()]).toEqual([...stored.values()].map(({ data }) => data))
  })

  it('tell it where a file sorts them by name, by their numbers and by the channels of the ends', () => {
    const deep = { ...options, depth: 13 }
    const names: Record<string, string> = { conv_1: 'in', conv_13: 'ex' }
    for (let number = 2; number < 13; number++) {
      names[`conv_${number}`] = `blocks.${number}.conv`
      names[`batch_norm_${number}`] = `blocks.${number}.bn`
    }
    const inOrder = stateOf({ ...deep, seed: 9 }, named(names))
    const sorted = new Map([...inOrder].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const found = dncnnFromStateDict(sorted)
    expect(found.options).toEqual(deep)
    expect([...found.values.values()]).toEqual([...inOrder.values()].map(({ data }) => data))
  })

  it('are refused where a file sorts them by name and nothing tells their order', () => {
    const stored = stateOf(options, named(OWN))
    const sorted = new Map([...stored].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    expect(() => dncnnFromStateDict(sorted)).toThrow(/convolutions whose order is known.*torch\.save/)
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('have zeros for the biases that some convolutions lack: layout %i', (layout) => {
    const [first, inner, last] = [(layout & 4) > 0, (layout & 2) > 0, (layout & 1) > 0]
    const has: Record<string, boolean> = { conv_1: first, conv_2: inner, conv_3: inner, conv_4: last }
    const stored = stateOf({ ...options, bias: 'all', seed: 9 }, renamed('dncnn.', PLACES.batchNorm))
    for (const { data, shape } of stored.values()) if (shape.length === 1) data.fill(0.5)
    const lacking = Object.entries(PLACES.batchNorm).flatMap(([layer, place]) =>
      has[layer] === false ? [`dncnn.${place}.bias`] : [],
    )
    for (const name of lacking) stored.delete(name)
    const found = dncnnFromStateDict(stored)
    expect(found.options.bias).toBe(inner ? 'all' : first || last ? 'outer' : 'none')
    for (const [{ name }, data] of found.values) {
      const [layer = ''] = name.split('.')
      if (!name.startsWith('conv_') || !name.endsWith('.bias')) continue
      expect([...new Set(data)], name).toEqual([has[layer] ? 0.5 : 0])
    }
  })

  it('are refused where one of the biases between the ends is missing', () => {
    const stored = stateOf({ ...options, bias: 'all' }, renamed('dncnn.', PLACES.batchNorm))
    stored.delete('dncnn.5.bias')
    expect(() => dncnnFromStateDict(stored)).toThrow('missing dncnn.5.bias 5')
  })

  it("have the eps of the authors' code where the first convolution alone has a bias, as theirs", () => {
    const stored = stateOf({ ...options, bias: 'outer' }, renamed('dncnn.', PLACES.batchNorm))
    stored.delete('dncnn.8.bias')
    expect(dncnnFromStateDict(stored).options.batchNormEps).toBe(1e-4)
  })

  it('have the eps that the layers say; where layers differ, the least, and the surplus in the variance', () => {
    const stored = stateOf(options)
    const layers = [
      { name: 'batch_norm_2', kind: 'batch-norm', called: 'BatchNorm2d', eps: 0.25 },
      { name: 'batch_norm_3', kind: 'batch-norm', called: 'BatchNorm2d', eps: 0.5 },
    ] as const
    const structure = { layers: [{ name: 'conv_1', kind: 'convolution', called: 'Conv2d' } as const, layers[0]] }
    expect(dncnnFromStateDict(stored, 'net.pth', structure).options.batchNormEps).toBe(0.25)
    const both = { layers: layers.flatMap((layer) => [{ name: '', kind: 'convolution', called: '' } as const, layer]) }
    const { options: found, values } = dncnnFromStateDict(stored, 'net.pth', both)
    expect(found.batchNormEps).toBe(0.25)
    const variances = [...values].flatMap(([{ name }, data]) => (name.endsWith('running_var') ? data[0] : []))
    expect(variances).toEqual([1, 1.25])
  })

  it.each([
    [{ name: 'act', kind: 'other', called: 'LeakyReLU' } as const, /its layer act is a LeakyReLU/],
    [
      { name: 'conv_2', kind: 'convolution', called: 'Conv2d', unusual: 'a stride other than 1' } as const,
      /its layer conv_2 has a stride other than 1/,
    ],
    [{ name: 'bn', kind: 'batch-norm', called: 'BatchNorm2d' } as const, /right behind a convolution; bn is not/],
  ])('are refused where a layer is none of a DnCNN: %o', (layer, message) => {
    expect(() => dncnnFromStateDict(stateOf(options), 'net.pth', { layers: [layer] })).toThrow(message)
  })

  it('are refused where a variance is negative, which would give NaN', () => {
    const stored = stateOf({ depth: 4, width: 5 }, renamed('dncnn.', PLACES.batchNorm))
    stored.set('dncnn.3.running_var', { shape: [5], data: Float32Array.of(1, 1, -0.5, 1, 1) })
    expect(() => dncnnFromStateDict(stored, 'net.pth')).toThrow('dncnn.3.running_var holds negative variances')
  })

  it('are refused with what was found when they are of another model', () => {
    const tensor = (...shape: number[]): StoredTensor => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    })
    const files: Record<string, [Map<string, StoredTensor>, RegExp]> = {
      nothing: [new Map(), /^file holds nothing; expected at least two convolutions/],
      FFDNet: [
        new Map([
          ['model.0.weight', tensor(4, 5, 3, 3)],
          ['model.2.weight', tensor(4, 4, 3, 3)],
        ]),
        /first convolution takes 1 or 3 channels; this one takes 5 \(and the last gives 4\)/,
      ],
      ADNet: [
        new Map([
          ['conv1_1.0.weight', tensor(4, 1, 3, 3)],
          ['conv1_2.0.weight', tensor(4, 4, 3, 3)],
        ]),
        /conv1_2\.0\.weight, the last here, gives 4 channels where the first takes 1/,
      ],
      'absurd numbers': [
        new Map([
          ['dncnn.0.weight', tensor(4, 1, 3, 3)],
          ['dncnn.9998.weight', tensor(1, 4, 3, 3)],
        ]),
        /5000 convolutions, as its names count; it has 2/,
      ],
    }
    for (const [name, [stored, message]] of Object.entries(files)) {
      expect(() => dncnnFromStateDict(stored, 'file'), name).toThrow(message)
      expect(() => dncnnFromStateDict(stored, 'file'), name).toThrow(InputError)
    }
  })
})
