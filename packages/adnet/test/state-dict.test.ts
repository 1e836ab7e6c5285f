import { evaluate, InputError, inputTensor } from '@noisescope/core'
import { type Model, type StoredTensor, variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { type AdnetOptions, adnet, adnetFromStateDict } from '../src/index.ts'

const OPTIONS: AdnetOptions = { channels: 1, width: 3, bias: false, batchNorm: true }

/** The authors' name of a variable of ours, written out. */
function authorsName(name: string): string {
  const [, layer = '', number = '', kind = ''] = /^(conv|batch_norm|attention)_?(\d*)\.(\w+)$/.exec(name) ?? []
  if (layer === 'attention') return `module.conv3.${kind}`
  if (number === '16') return `module.conv1_16.${kind}`
  return `module.conv1_${number}.${layer === 'conv' ? 0 : 1}.${kind}`
}

const stateOf = (model: Model, nameOf: (name: string) => string): Map<string, StoredTensor> =>
  new Map(
    variablesOf(model).map(({ name, shape, initial }) => [nameOf(name), { shape, data: Float32Array.from(initial) }]),
  )

describe("stored tensors of an ADNet's weights", () => {
  it('tell what the network is, by our names and by those of its authors', () => {
    const variants: [AdnetOptions, (name: string) => string][] = [
      [OPTIONS, (name) => name],
      [OPTIONS, authorsName],
      [{ ...OPTIONS, width: 2, channels: 3 }, (name) => name],
      [{ ...OPTIONS, bias: true, batchNorm: false }, authorsName],
      [OPTIONS, (name) => `_orig_mod.${authorsName(name)}`],
      [OPTIONS, (name) => authorsName(name).replace('module.', 'netG.')],
    ]
    for (const [options, nameOf] of variants) {
      const stored = stateOf(adnet({ ...options, seed: 9 }), nameOf)
      stored.set('module.conv1_1.1.num_batches_tracked', { shape: [], data: Float32Array.of(7) })
      const found = adnetFromStateDict(stored)
      expect(found.options).toEqual(options)
      expect([...found.values.keys()]).toEqual(variablesOf(found.model))
      for (const [variable, data] of found.values)
        expect(data, variable.name).toBe(stored.get(nameOf(variable.name))?.data)
    }
  })

  it('of the authors in colour expect blue first, and are turned round for images with red first', () => {
    const bgr = adnet({ width: 2, channels: 3, bias: true, seed: 4 })
    for (const { name, initial } of variablesOf(bgr))
      if (name.endsWith('bias'))
        initial.forEach((_, i) => {
          initial[i] = i / 9
        })
    const { model: rgb, values } = adnetFromStateDict(stateOf(bgr, authorsName))
    const pixels = 12
    const picture = Float32Array.from({ length: 3 * pixels }, (_, i) => ((i * 37) % 99) / 99)
    const turned = (image: ArrayLike<number>) =>
      Float32Array.from(image, (_, i) => image[(2 - Math.floor(i / pixels)) * pixels + (i % pixels)] as number)
    const outputOf = (model: Model, noisy: Float32Array, variables?: typeof values) =>
      evaluate([model.forward(inputTensor('noisy', [1, 3, 4, 3]))], {
        inputs: { noisy },
        ...(variables ? { variables } : {}),
      })[0]?.data ?? new Float64Array()
    const expected = turned(outputOf(bgr, turned(picture)))
    expect(expected).not.toEqual(Float32Array.from(outputOf(bgr, picture)))
    for (const [i, value] of outputOf(rgb, picture, values).entries())
      expect(value).toBeCloseTo(expected[i] as number, 5)
  })

  it('are listed name by name, by the names of the file, where they do not fit', () => {
    const stored = new Map([...stateOf(adnet(OPTIONS), authorsName)].map(([name, tensor]) => [name.slice(7), tensor]))
    stored.delete('conv3.bias')
    stored.set('conv1_5.0.weight', { shape: [3, 3, 5, 5], data: new Float32Array(225) })
    stored.set('conv1_2.1.running_var', { shape: [3], data: Float32Array.of(1, Number.NaN, 1) })
    stored.set('conv2.weight', { shape: [1], data: new Float32Array(1) })
    expect(() => adnetFromStateDict(stored, 'model_70.pth')).toThrow(
      new InputError(
        'model_70.pth does not fit the model adnet:\n  conv1_2.1.running_var holds NaN or infinity\n  ' +
          'conv1_5.0.weight is 3x3x5x5, expected 3x3x3x3\n  missing conv3.bias 1\n  unexpected conv2.weight 1',
      ),
    )
  })

  it('are refused with what was found when they are of another model', () => {
    const stored = new Map([['dncnn.0.weight', { shape: [4, 1, 3, 3], data: new Float32Array(36) }]])
    expect(() => adnetFromStateDict(stored, 'net.pth')).toThrow(
      new InputError(
        'net.pth holds dncnn.0.weight 4x1x3x3 and others; expected an ADNet: conv_1.weight or conv1_1.0.weight of 1 or 3 ' +
          'input channels, and others',
      ),
    )
  })
})
