import { adnet } from '@noisescope/adnet'
import { InputError, inputTensor } from '@noisescope/core'
import { ffdnet } from '@noisescope/ffdnet'
import type { Model } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { fullGrad } from '../src/explainers/full-grad.ts'
import { type FullGradMapOptions, type Rescale, termMap } from '../src/explainers/full-grad-maps.ts'
import { type FullGradientTerm, fullGradient } from '../src/explainers/full-gradient.ts'
import { noisySamples } from '../src/explainers/noisy-samples.ts'
import { simpleFullGrad } from '../src/explainers/simple-full-grad.ts'
import { smoothFullGrad } from '../src/explainers/smooth-full-grad.ts'
import { ExplainSession, pixel, rectangle, removed, type Size, type Subject, type Target } from '../src/index.ts'
import { inFloat64 } from './helpers/float64.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, differencesWithOtherWeights, liven, targetsIn, tinyModels } from './helpers/tiny-models.ts'

const device = await openTestDevice()

describe.each(tinyModels())('%s', (_, model, size) => {
  liven(device, model)
  const session = new ExplainSession(device, model, size)

  it.each(targetsIn(size))('FullGrad’s parts of %s add up to it', async (_, target) => {
    const subject = { ...cleanAndNoisy(model, size), target }
    const [explanation] = await session.explain(subject, [fullGrad()], { layers: [] })
    const { maps, completeness, values } = explanation!
    expect(completeness?.expected).toBe(explanation?.value)
    expect(completeness?.relative).toBeLessThan(1e-4)
    expect(Object.values(values!).reduce((a, b) => a + b)).toBeCloseTo(completeness!.actual, 5)
    expect(Object.keys(values!)[0]).toBe('input image')
    expect(maps.map(({ name }) => name).slice(0, 2)).toEqual(['input', 'image'])
    expect(maps.every(({ shape }) => shape.join() === [size.height, size.width].join())).toBe(true)
  })

  it.each(targetsIn(size))('its signed map of %s adds up to it, each term’s to its part', async (_, target) => {
    const subject = { ...cleanAndNoisy(model, size), target }
    const [explanation] = await session.explain(subject, [fullGrad({ rescale: 'sum', implicit: true })], { layers: [] })
    const { maps, value, values } = explanation!
    const [all, ...terms] = maps
    expect(all).toMatchObject({ name: 'input', signed: true, units: 'target', status: 'ok' })
    expect(Math.abs(sumOf(all!.data) - value)).toBeLessThan(1e-4 * Math.abs(value))
    for (const { name, data } of terms) {
      const part = values?.[`bias ${name}`] ?? values?.[`input ${name}`] ?? Number.NaN
      const least = 1e-5 * data.reduce((total, each) => total + Math.abs(each), 0)
      expect(Math.abs(sumOf(data) - part), name).toBeLessThanOrEqual(least)
    }
  })
})

/** A term's numbers in float64, [c, h, w]. */
interface ExactTerm extends Pick<FullGradientTerm, 'name' | 'kind'> {
  readonly shape: readonly number[]
  readonly gradient: Float64Array
  readonly contribution: Float64Array
}

const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)

/** psi and the sum over channels, as the authors wrote it; or the signed map, each place's value shared out. */
function plainMap(
  z: Float64Array,
  shape: readonly number[],
  height: number,
  width: number,
  rescale: Rescale = 'layer',
): Float64Array {
  if (rescale === 'sum') {
    const [, , h = 1, w = 1] = shape
    const shares = z.map((value, i) => {
      const place = new Float64Array(h * w)
      place[i % (h * w)] = 1
      return value / sumOf(plainInterpolation(place, [1, 1, h, w], height, width))
    })
    return plainInterpolation(shares, shape, height, width)
  }
  const sizes = z.map(Math.abs)
  const least = Math.min(...sizes)
  const greatest = Math.max(...sizes.map((value) => value - least))
  const scaled = rescale === 'layer' ? sizes.map((value) => (value - least) / (greatest + 1e-6)) : sizes
  return plainInterpolation(scaled, shape, height, width)
}

/** Bilinear, corners on corners, and summed over the channels, one pixel after the other. */
function plainInterpolation(
  scaled: Float64Array,
  shape: readonly number[],
  height: number,
  width: number,
): Float64Array {
  const [, channels = 1, h = 1, w = 1] = shape
  const map = new Float64Array(height * width)
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [row, column] = [(y * (h - 1)) / (height - 1), (x * (w - 1)) / (width - 1)]
        for (const r of [Math.floor(row), Math.floor(row) + 1]) {
          for (const k of [Math.floor(column), Math.floor(column) + 1]) {
            const weight = (1 - Math.abs(row - r)) * (1 - Math.abs(column - k))
            if (weight > 0 && r < h && k < w) map[y * width + x]! += weight * scaled[(c * h + r) * w + k]!
          }
        }
      }
    }
  }
  return map
}

const farthest = (a: Float32Array, b: ArrayLike<number>): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))

/** A target's terms at any image in float64. */
async function exactTerms(model: Model, size: Size, subject: Subject): Promise<(noisy: Float32Array) => ExactTerm[]> {
  const terms: FullGradientTerm[] = []
  const at = await inFloat64(device, model, size, subject, (graph) => {
    terms.push(...fullGradient(graph))
    return terms.flatMap(({ gradient, contribution }) => [gradient, contribution])
  })
  return (noisy) => {
    const values = at(noisy)
    return terms.map(({ name, kind }, i) => ({
      name,
      kind,
      shape: values[2 * i]!.shape,
      gradient: values[2 * i]!.data,
      contribution: values[2 * i + 1]!.data,
    }))
  }
}

describe.each([
  ['an FFDNet of colour images', ffdnet({ depth: 3, width: 5, channels: 3, seed: 1 }), { width: 13, height: 11 }],
  ['an ADNet', adnet({ width: 4, seed: 2 }), { width: 12, height: 13 }],
] as const)('of %s', (_, model, size) => {
  liven(device, model)
  const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5) }
  const session = new ExplainSession(device, model, size)
  const { width, height } = size

  it.each<[string, FullGradMapOptions]>([
    ['rescaled', {}],
    ['in units of the target', { rescale: 'none' }],
    ['with their signs', { rescale: 'sum' }],
    ['with those of implicit biases', { implicit: true }],
  ])('the maps are those of plain loops in float64, %s', async (_, options) => {
    const [full, simple] = await session.explain(
      subject,
      [fullGrad(options), simpleFullGrad({ implicit: options.implicit ?? false })],
      { layers: [] },
    )
    const terms = (await exactTerms(model, size, subject))(subject.noisy)
    const mapped = terms.filter(({ kind }) => options.implicit || kind !== 'implicit')
    expect(full?.maps.map(({ name }) => name)).toEqual(['input', ...mapped.map(({ name }) => name)])
    const rescaleOf = options.rescale ?? 'layer'
    for (const [explanation, valueOf, rescale] of [
      [full!, ({ contribution }: ExactTerm) => contribution, rescaleOf],
      [simple!, ({ kind, gradient, contribution }: ExactTerm) => (kind === 'input' ? contribution : gradient), 'layer'],
    ] as const) {
      const total = new Float64Array(width * height)
      for (const [i, term] of mapped.entries()) {
        const map = plainMap(valueOf(term), term.shape, height, width, rescale)
        expect(farthest(explanation.maps[i + 1]!.data, map)).toBeLessThan(2e-4 * Math.max(...map.map(Math.abs), 1e-3))
        map.forEach((value, p) => {
          total[p]! += value
        })
      }
      expect(farthest(explanation.maps[0]!.data, total)).toBeLessThan(2e-4 * Math.max(...total))
      const units = rescale === 'layer' ? 'rescaled' : 'target'
      expect(explanation.maps[0]).toMatchObject({ signed: rescale === 'sum', units, status: 'ok' })
    }
    for (const { name, kind, contribution } of terms) {
      const part = full?.values?.[`${kind === 'input' ? 'input' : 'bias'} ${name}`]
      expect(part).toBeCloseTo(
        contribution.reduce((a, b) => a + b),
        4,
      )
    }
    expect(simple?.completeness).toBeUndefined()
  })
})

it.each([
  ['autoencoder', 'conv2d_6/sigmoid'],
  ['ADNet', 'tanh/tanh'],
])('of the %s the parts have the implicit biases, whether they have maps or not', async (name, implicit) => {
  const [, model, size] = tinyModels().find(([each]) => each === name)!
  liven(device, model)
  using session = new ExplainSession(device, model, size)
  const subject = { ...cleanAndNoisy(model, size), target: pixel(7, 5) }
  const explainers = [fullGrad(), fullGrad({ implicit: true })]
  const [plain, all] = await session.explain(subject, explainers, { layers: [] })
  const names = (maps: readonly { name: string }[]) => maps.map((map) => map.name)
  expect(plain?.values).toEqual(all?.values)
  expect(Object.keys(plain?.values ?? {})).toContain(`bias ${implicit}`)
  expect(plain?.completeness?.relative).toBeLessThan(1e-4)
  expect(names(plain!.maps).filter((each) => each.includes('/'))).toEqual([])
  expect(names(all!.maps)).toContain(implicit)
})

/** A share of a target that is linear in the image. */
const dimmed = (target: Target, share: number): Target => ({
  ...target,
  weights: (shape) => target.weights(shape).map((weight) => share * weight),
})

describe('Smooth FullGrad', () => {
  const model = ffdnet({ depth: 3, width: 5, channels: 3, seed: 1 })
  liven(device, model)
  const size = { width: 13, height: 11 }
  const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5) }
  const session = new ExplainSession(device, model, size)

  // Of a pixel a ten-thousandth as bright, terms are as small as psi's 1e-6, and a mean in place of the sum is seen.
  it.each([
    ['a pixel', pixel(6, 5)],
    ['a very small target', dimmed(pixel(6, 5), 1e-4)],
  ])('takes psi of the summed terms of %s, as the authors’ code does', async (_, target) => {
    const sampling = { samples: 5, noise: 0.2, seed: 4 }
    const [smooth] = await session.explain({ ...subject, target }, [smoothFullGrad(sampling)], { layers: [] })
    const termsAt = await exactTerms(model, size, { ...subject, target })
    const samples = Array.from({ length: 5 }, (_, i) => termsAt(noisySamples(subject, sampling)(i)))
    for (const [i, { shape, name }] of samples[0]!.entries()) {
      const sums = samples[0]![i]!.contribution.map((_, k) =>
        samples.reduce((total, sample) => total + sample[i]!.contribution[k]!, 0),
      )
      const map = plainMap(sums, shape, size.height, size.width)
      expect(smooth?.maps[i + 1]?.name).toBe(name)
      expect(farthest(smooth!.maps[i + 1]!.data, map)).toBeLessThan(2e-4 * Math.max(...map, 1e-3))
    }
  })

  it('has parts whose sum is the mean of the target over the samples', async () => {
    const sampling = { samples: 5, noise: 0.2, seed: 4 }
    const [smooth] = await session.explain(subject, [smoothFullGrad(sampling)], { layers: [] })
    const targetAt = await inFloat64(device, model, size, subject, ({ target }) => [target])
    const targets = Array.from({ length: 5 }, (_, i) => targetAt(noisySamples(subject, sampling)(i))[0]!.data[0]!)
    expect(smooth?.completeness?.expected).toBeCloseTo(
      targets.reduce((a, b) => a + b / 5, 0),
      5,
    )
    expect(smooth?.completeness?.relative).toBeLessThan(1e-4)
  })

  it('without noise is FullGrad', async () => {
    const target = removed(rectangle(size, 2, 3, 5, 4))
    for (const rescale of ['layer', 'sum'] as const) {
      const explainers = [fullGrad({ rescale }), smoothFullGrad({ noise: 0, samples: 3, rescale })]
      const [plain, smooth] = await session.explain({ ...subject, target }, explainers, { layers: [] })
      for (const [i, map] of plain!.maps.entries()) {
        expect(smooth?.maps[i]).toMatchObject({ name: map.name, signed: map.signed, units: map.units })
        const largest = Math.max(...map.range.map(Math.abs))
        expect(farthest(smooth!.maps[i]!.data, map.data)).toBeLessThan(1e-3 * Math.max(largest, 1e-3))
      }
      expect(smooth?.completeness?.expected).toBeCloseTo(plain!.value, 5)
    }
  })

  it('stops with the reason of an aborted signal', async () => {
    const reason = new Error('seen enough')
    const abort = new AbortController()
    const explaining = session.explain(subject, [smoothFullGrad({ samples: 5 })], {
      layers: [],
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    })
    await expect(explaining).rejects.toBe(reason)
  })
})

it('other weights make other maps', async () => {
  const explainers = [fullGrad(), simpleFullGrad(), smoothFullGrad({ samples: 5 })]
  const changes = await differencesWithOtherWeights(device, explainers)
  const totals = Object.entries(changes).filter(([name]) => name.endsWith(' input'))
  expect(totals.map(([name]) => name)).toEqual(['fullgrad input', 'simple-fullgrad input', 'smooth-fullgrad input'])
  expect(Math.min(...totals.map(([, change]) => change))).toBeGreaterThan(0.2)
})

it('refuses rescalings and samples that there are not, and signed maps of more places than pixels', () => {
  const layer = inputTensor('layer', [1, 2, 5, 4])
  expect(() => termMap(layer, { width: 4, height: 4 }, 'sum')).toThrow(/1x2x5x4 has more places than the image of 4x4/)
  expect(termMap(layer, { width: 4, height: 4 }, 'none').shape).toEqual([1, 1, 4, 4])
  expect(() => fullGrad({ rescale: 'image' as 'none' })).toThrow(InputError)
  expect(() => smoothFullGrad({ rescale: 'image' as 'none' })).toThrow(InputError)
  expect(() => smoothFullGrad({ samples: 0 })).toThrow(InputError)
})
