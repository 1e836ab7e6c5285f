import { InputError } from '@noisescope/core'
import { type StoredTensor, variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { type FfdnetOptions, ffdnet, ffdnetFromStateDict } from '../src/index.ts'

const OPTIONS: FfdnetOptions = { depth: 4, width: 5, channels: 1, bias: 'all', batchNorm: false }

/** The tensors of a new model, by our names or, numbered through, by KAIR's. */
function stateOf(options: FfdnetOptions, prefix?: string): Map<string, StoredTensor> {
  const nameOf = (name: string) =>
    prefix === undefined ? name : name.replace(/^conv_(\d+)/, (_, number) => `${prefix}${2 * (Number(number) - 1)}`)
  return new Map(
    variablesOf(ffdnet({ ...options, seed: 9 })).map(({ name, shape, initial }) => [
      nameOf(name),
      { shape, data: Float32Array.from(initial) },
    ]),
  )
}

describe("stored tensors of an FFDNet's weights", () => {
  it('tell what the network is, by our names and by those of others', () => {
    const variants: [FfdnetOptions, string | undefined][] = [
      [OPTIONS, undefined],
      [OPTIONS, 'model.'],
      [{ ...OPTIONS, channels: 3, bias: 'none' }, 'module.model.'],
      [{ ...OPTIONS, bias: 'outer', batchNorm: true }, undefined],
    ]
    for (const [options, prefix] of variants) {
      const stored = stateOf(options, prefix)
      const found = ffdnetFromStateDict(stored)
      expect(found.options).toEqual(options)
      expect([...found.values.values()]).toEqual([...stored.values()].map(({ data }) => data))
      expect([...found.values.keys()]).toEqual(variablesOf(found.model))
    }
  })

  it('are listed name by name, by the names of the file, where they do not fit', () => {
    const stored = stateOf(OPTIONS, 'model.')
    stored.delete('model.2.bias')
    stored.set('model.4.weight', { shape: [5, 4, 3, 3], data: new Float32Array(180) })
    stored.set('model.6.bias', { shape: [4], data: Float32Array.of(0, Number.POSITIVE_INFINITY, 0, 0) })
    stored.set('m_sigma', { shape: [1], data: new Float32Array(1) })
    expect(() => ffdnetFromStateDict(stored, 'ffdnet.pth')).toThrow(
      new InputError(
        'ffdnet.pth does not fit the model ffdnet:\n  missing model.2.bias 5\n  model.4.weight is 5x4x3x3, expected 5x5x3x3\n  ' +
          'model.6.bias holds NaN or infinity\n  unexpected m_sigma 1',
      ),
    )
  })

  it('are refused when they are of a DnCNN', () => {
    const tensor = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })
    const stored = new Map([
      ['model.0.weight', tensor(4, 1, 3, 3)],
      ['model.2.weight', tensor(1, 4, 3, 3)],
    ])
    expect(() => ffdnetFromStateDict(stored, 'file')).toThrow(
      new InputError(
        'file holds model.0.weight 4x1x3x3 and others; expected an FFDNet, whose first convolution takes 5 (grey) or ' +
          '13 (colour) channels; this one takes 1 (and the last gives 1)',
      ),
    )
  })
})
