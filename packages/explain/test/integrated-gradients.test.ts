import { InputError } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { variablesOf } from '@noisescope/nn'
import { describe, expect, it } from 'vitest'
import { gaussLegendre } from '../src/explainers/gauss-legendre.ts'
import { integratedGradients } from '../src/explainers/integrated-gradients.ts'
import { noisePath } from '../src/explainers/noise-path.ts'
import { ExplainSession, pixel } from '../src/index.ts'
import { inFloat64 } from './helpers/float64.ts'
import { linearModel } from './helpers/linear-models.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, differencesWithOtherWeights, liven, targetsIn, tinyModels } from './helpers/tiny-models.ts'

const device = await openTestDevice()

const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)

describe.each(tinyModels())('%s', (_, model, size) => {
  liven(device, model)
  const session = new ExplainSession(device, model, size)

  it.each(targetsIn(size))(
    'refined paths of %s, from black and from the clean image, add up to a thousandth',
    async (_, target) => {
      const subject = { ...cleanAndNoisy(model, size), target }
      for (const { maps, completeness, values } of await session.explain(
        subject,
        [integratedGradients(), noisePath()],
        { layers: [] },
      )) {
        expect(maps[0]).toMatchObject({ name: 'input', signed: true, units: 'target', status: 'ok' })
        expect(sumOf(maps[0]!.data)).toBeCloseTo(completeness!.actual, 5)
        expect(completeness?.relative).toBeLessThan(1e-3)
        expect(values?.refined).toBe(1)
      }
    },
  )
})

describe('a network whose gradient jumps', () => {
  const model = dncnn({ depth: 4, width: 6, channels: 3, bias: 'all', seed: 1 })
  liven(device, model)
  const size = { width: 14, height: 11 }
  const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5) }
  const session = new ExplainSession(device, model, size)
  const explain = async (
    explainer: ReturnType<typeof noisePath>,
    given: Parameters<typeof session.explain>[0] = subject,
  ) => {
    const [explanation] = await session.explain(given, [explainer], { layers: [] })
    return explanation!
  }

  it.each([
    ['black', integratedGradients(), () => new Float32Array(subject.noisy.length)],
    ['the clean image', noisePath(), () => subject.clean],
  ] as const)('what is decomposed from %s is the difference of the target in float64', async (_, explainer, from) => {
    const { completeness, values } = await explain(explainer)
    const targetAt = await inFloat64(device, model, size, subject, ({ target }) => [target])
    const [start, end] = [from(), subject.noisy].map((image) => targetAt(image)[0]!.data[0]!)
    expect(completeness?.expected).toBeCloseTo(end! - start!, 5)
    expect(values?.start).toBeCloseTo(start!, 5)
  })

  it('gives each pixel what a fine sum along the path in float64 gives it, and tells the size of the error', async () => {
    const gradientAt = await inFloat64(device, model, size, subject, ({ noisy, gradients }) => gradients([noisy]))
    const steps = 800
    const pixels = size.width * size.height
    const shares = new Float64Array(pixels)
    for (let step = 0; step < steps; step++) {
      const place = (step + 0.5) / steps
      const image = subject.clean.map((value, i) => value + place * (subject.noisy[i]! - value))
      gradientAt(image)[0]!.data.forEach((slope, i) => {
        shares[i % pixels]! += (slope * (subject.noisy[i]! - subject.clean[i]!)) / steps
      })
    }
    const length = (values: Float64Array): number => Math.hypot(...values)
    for (const error of [1e-2, 2e-3]) {
      const { maps, values } = await explain(noisePath({ error, gap: 0.5 }))
      expect(values?.refined).toBe(1)
      expect(values?.error).toBeLessThanOrEqual(error)
      const missed = length(shares.map((share, i) => maps[0]!.data[i]! - share)) / length(shares)
      // An estimate: where few ReLUs switch along the path it is up to three times too small.
      expect(missed).toBeLessThan(3 * values!.error!)
    }
  })

  it('one rule of 64 nodes leaves a gap, which is returned', async () => {
    const { maps, completeness, values, options } = await explain(noisePath({ refine: false, nodes: 64 }))
    expect(options).toEqual({ refine: false, nodes: 64 })
    expect(values).toEqual({ start: values?.start, evaluations: 64 })
    expect(completeness?.relative).toBeGreaterThan(1e-5)
    expect(completeness?.relative).toBeLessThan(0.1)
    expect(sumOf(maps[0]!.data)).toBeCloseTo(completeness!.expected + completeness!.gap, 6)
  })

  it('says that the wanted gap was not reached with the gradients that were allowed', async () => {
    const { completeness, values } = await explain(noisePath({ gap: 1e-5, maxEvaluations: 40 }))
    expect(values).toMatchObject({ refined: 0 })
    expect(values?.evaluations).toBeLessThanOrEqual(40)
    expect(completeness?.relative).toBeGreaterThan(1e-5)
  })

  it('looks once where the network puts out NaN, and says so', async () => {
    const spoilt = dncnn({ depth: 3, width: 4, channels: 3, bias: 'all', seed: 1 })
    device.write(variablesOf(spoilt)[0]!, new Float32Array(variablesOf(spoilt)[0]!.initial.length).fill(Number.NaN))
    using other = new ExplainSession(device, spoilt, size)
    const [explanation] = await other.explain(subject, [noisePath()], { layers: [] })
    expect(explanation?.maps[0]?.status).toBe('not-finite')
    expect(explanation?.values).toMatchObject({ evaluations: 31, refined: 0 })
  })

  it('refines to a smaller gap with more gradients when it is asked to', async () => {
    const [coarse, fine] = [
      await explain(noisePath({ gap: 1e-2 })),
      await explain(noisePath({ gap: 1e-4, maxEvaluations: 8000 })),
    ]
    expect(fine.values).toMatchObject({ refined: 1 })
    expect(fine.completeness?.relative).toBeLessThan(1e-4)
    expect(fine.values?.evaluations).toBeGreaterThan(coarse.values!.evaluations!)
  })

  it('noise that is not there has changed nothing', async () => {
    const noisy = subject.noisy.map((value, i) => (i % 2 === 0 ? subject.clean[i]! : value))
    const { maps } = await explain(noisePath(), { ...subject, noisy })
    const pixels = size.width * size.height
    const untouched = (i: number): boolean =>
      [0, 1, 2].every((c) => noisy[c * pixels + i] === subject.clean[c * pixels + i])
    const [quiet, loud] = [true, false].map((wanted) => maps[0]!.data.filter((_, i) => untouched(i) === wanted))
    expect(quiet!.length).toBeGreaterThan(20)
    expect(quiet!.every((share) => share === 0)).toBe(true)
    expect(Math.max(...loud!.map(Math.abs))).toBeGreaterThan(1e-3)
  })

  it('nothing is decomposed where the image is the clean one', async () => {
    const { maps, completeness, values } = await explain(noisePath(), { ...subject, noisy: subject.clean })
    expect(maps[0]?.status).toBe('flat')
    expect(completeness).toEqual({ expected: 0, actual: 0, gap: 0, relative: null })
    expect(values).toEqual({ start: values?.start, evaluations: 31, refined: 1, error: 0 })
  })

  it('integrated gradients from the clean image are the noise path, those from a blurred one are others', async () => {
    const [path, clean, blurred] = await session.explain(
      subject,
      [noisePath(), integratedGradients({ baseline: 'clean' }), integratedGradients({ baseline: 'blurred' })],
      { layers: [] },
    )
    expect(clean?.maps).toEqual(path?.maps)
    expect(blurred?.completeness?.relative).toBeLessThan(1e-3)
    expect(blurred?.values?.start).not.toBeCloseTo(path!.values!.start!, 3)
    expect(blurred?.options).toMatchObject({ baseline: 'blurred', blur: 2 })
  })

  it('needs the clean image where the path starts there', async () => {
    const { clean: _, ...without } = subject
    await expect(explain(noisePath(), without)).rejects.toThrow(/the noise path starts from the clean image/)
    await expect(explain(integratedGradients({ baseline: 'clean' }), without)).rejects.toThrow(InputError)
  })

  it('stops with the reason of an aborted signal', async () => {
    const reason = new Error('seen enough')
    const abort = new AbortController()
    const explaining = session.explain(subject, [noisePath({ gap: 1e-5 })], {
      layers: [],
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done >= 60) abort.abort(reason)
      },
    })
    await expect(explaining).rejects.toBe(reason)
  })
})

it('of a linear network the shares are exactly input times weight', async () => {
  const model = linearModel()
  const size = { width: 9, height: 7 }
  const subject = { ...cleanAndNoisy(model, size), target: pixel(4, 3) }
  using session = new ExplainSession(device, model, size)
  const explainers = [integratedGradients(), integratedGradients({ refine: false, nodes: 3 })]
  const [row] = (await inFloat64(device, model, size, subject, ({ noisy, gradients }) => gradients([noisy])))(
    subject.noisy,
  )
  for (const { maps, completeness } of await session.explain(subject, explainers, { layers: [] })) {
    const exact = row!.data.map((slope, i) => slope * subject.noisy[i]!)
    expect(Math.max(...exact.map((share, i) => Math.abs(share - maps[0]!.data[i]!)))).toBeLessThan(1e-6)
    expect(completeness?.relative).toBeLessThan(1e-5)
  }
})

it('other weights make other maps', async () => {
  const changes = await differencesWithOtherWeights(device, [integratedGradients(), noisePath()])
  expect(Math.min(...Object.values(changes))).toBeGreaterThan(0.3)
})

it.each([1, 2, 5, 8, 64, 129])(
  '%i Gauss-Legendre nodes are exact for polynomials of degree below twice that',
  (count) => {
    const rule = gaussLegendre(count)
    expect(rule.every(({ at }, i) => at > (rule[i - 1]?.at ?? 0) && at < 1)).toBe(true)
    for (const degree of [0, 1, count - 1, 2 * count - 1]) {
      const integral = rule.reduce((total, { at, weight }) => total + weight * at ** degree, 0)
      expect(integral).toBeCloseTo(1 / (degree + 1), 13)
    }
  },
)

it.each([
  { gap: 0 },
  { gap: 1 },
  { gap: Number.NaN },
  { error: 0 },
  { error: 1 },
  { maxEvaluations: 30 },
  { refine: false, nodes: 0 },
  { refine: false, nodes: 2.5 },
  { blur: 0 },
  { baseline: 'white' as 'zero' },
])('refuses %o', (options) => {
  expect(() => integratedGradients(options)).toThrow(InputError)
})
