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
        /not both conv1_1\.0\.weight and conv1_2\.0\.weight/,
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
