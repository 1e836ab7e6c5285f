import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../src/index.ts'

/** What PyTorch says of the files that scripts/fixtures/torch_variants.py made it write. */
interface Expected {
  readonly files: Readonly<Record<string, 'exact' | 'half' | 'bfloat16' | 'eps' | 'bias' | 'refused'>>
  readonly values: Readonly<Record<string, Stored>>
  readonly biased: Readonly<Record<string, Stored>>
}

interface Stored {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

const fixture = (file: string): Promise<Buffer> => readFile(new URL(`fixtures/torch/${file}`, import.meta.url))
const expected: Expected = JSON.parse(await fixture('expected.json').then(String))
const files = (...results: string[]): string[] =>
  Object.keys(expected.files).filter((file) => results.includes(expected.files[file] ?? ''))

/** Counters of batch norm and of averaging, which are no weights. */
const COUNTERS = /(num_batches_tracked|n_averaged)$/

async function weightsOf(file: string) {
  const { tensors, layers } = await readWeights(await fixture(file), file)
  return { layers, tensors: [...tensors].filter(([name]) => !COUNTERS.test(name)) }
}

/** The kinds of variables in order: weight, bias, running_mean, ... */
const kinds = (names: readonly string[]): string[] => names.map((name) => name.slice(name.lastIndexOf('.') + 1))

describe('a file that PyTorch itself has written', () => {
  it.each(files('exact', 'eps'))("holds the network's values exactly: %s", async (file) => {
    const { tensors } = await weightsOf(file)
    expect(kinds(tensors.map(([name]) => name))).toEqual(kinds(Object.keys(expected.values)))
    expect(tensors.map(([, { shape, data }]) => ({ shape, values: [...data] }))).toEqual(Object.values(expected.values))
  })

  it.each([
    ...files('half').map((file) => [file, 2 ** -11] as const),
    ...files('bfloat16').map((file) => [file, 2 ** -8] as const),
  ])("holds the network's values up to the rounding of its type: %s", async (file, precision) => {
    const { tensors } = await weightsOf(file)
    const found = tensors.flatMap(([, { data }]) => [...data])
    const values = Object.values(expected.values).flatMap((stored) => stored.values)
    expect(found.length).toBe(values.length)
    for (const [i, value] of values.entries())
      expect(Math.abs((found[i] as number) - value)).toBeLessThanOrEqual(precision * Math.abs(value) + 2 ** -25)
  })

  it.each(files('bias'))('holds those biases that its network has: %s', async (file) => {
    const { tensors } = await weightsOf(file)
    const stored = Object.fromEntries(
      tensors.map(([name, { shape, data }]) => [name, { shape: [...shape], values: [...data] }]),
    )
    expect(expected.biased).toMatchObject(stored)
    expect(Object.keys(stored).filter((name) => name.endsWith('.weight'))).toEqual(
      Object.keys(expected.biased).filter((name) => name.endsWith('.weight')),
    )
  })

  it.each(files('refused'))('is refused in words: %s', async (file) => {
    const error: unknown = await readWeights(await fixture(file), file).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toMatch(new RegExp(`^${file} is not a usable `))
  })

  it.each(['whole', 'whole_legacy', 'whole_data_parallel', 'whole_under_a_key', 'own_names_whole'])(
    'as a whole model says what its layers are: %s',
    async (name) => {
      const { layers = [] } = await weightsOf(`${name}.pth`)
      expect(layers.map(({ kind }) => kind)).toEqual([
        'convolution',
        'relu',
        ...['convolution', 'batch-norm', 'relu'],
        ...['convolution', 'batch-norm', 'relu'],
        'convolution',
      ])
    },
  )

  it("as a whole model says its batch norm's eps", async () => {
    const { layers = [] } = await weightsOf('eps_whole.pth')
    expect(layers.flatMap(({ eps }) => eps ?? [])).toEqual([1e-3, 1e-3])
  })
})
