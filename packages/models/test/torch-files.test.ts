import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openWeights } from '../src/index.ts'

const folder = new URL('../../weights/test/fixtures/torch/', import.meta.url)
const { files, values, biased } = JSON.parse(await readFile(new URL('expected.json', folder), 'utf8')) as {
  files: Record<string, string>
  values: Record<string, { values: number[] }>
  biased: Record<string, { values: number[] }>
}
const named = (...results: string[]): string[] =>
  Object.keys(files).filter((file) => results.includes(files[file] ?? ''))

const open = async (file: string) => openWeights(await readFile(new URL(file, folder)), file)

test.each(named('exact', 'half', 'bfloat16', 'eps'))(
  'the DnCNN that PyTorch saved is opened with every value in its place: %s',
  async (file) => {
    const { kind, options, values: found } = await open(file)
    expect(kind.name).toBe('dncnn-s')
    const eps = files[file] === 'eps' ? { batchNormEps: 1e-3 } : {}
    expect(options).toEqual({ depth: 4, width: 2, channels: 1, bias: 'none', batchNorm: true, ...eps })
    const precision = { half: 2 ** -11, bfloat16: 2 ** -8 }[files[file] as string] ?? 0
    for (const [i, { values: expected }] of Object.values(values).entries()) {
      const [variable, data] = [...found][i] ?? []
      for (const [k, value] of expected.entries())
        expect(Math.abs((data?.[k] ?? Number.NaN) - value), variable?.name).toBeLessThanOrEqual(
          precision * (Math.abs(value) + 1),
        )
    }
  },
)

test.each(named('bias'))('biases that its network has not are zeros: %s', async (file) => {
  const { options, values: found } = await open(file)
  const [, first, inner, last] = /([01])([01])([01])/.exec(file) ?? []
  expect(options.bias).toBe(inner === '1' ? 'all' : first === '1' || last === '1' ? 'outer' : 'none')
  const has: Record<string, string | undefined> = { conv_1: first, conv_2: inner, conv_3: inner, conv_4: last }
  const places: Record<string, number> = { conv_1: 0, conv_2: 2, conv_3: 5, conv_4: 8 }
  for (const [{ name }, data] of found) {
    const [layer = '', kind] = name.split('.')
    if (kind !== 'bias' || has[layer] === undefined) continue
    const expected = biased[`dncnn.${places[layer]}.bias`]?.values ?? []
    expect([...data], name).toEqual(has[layer] === '1' ? expected : expected.map(() => 0))
  }
})
