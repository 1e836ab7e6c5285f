import { InputError } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { diffusionIndex } from '@noisescope/metrics'
import { describe, expect, it } from 'vitest'
import { gaussianKernel, mirrorBlur } from '../src/explainers/blur.ts'
import { localAttributionMap } from '../src/explainers/local-attribution-map.ts'
import { detail, ExplainSession, pixel, rectangle } from '../src/index.ts'
import { inFloat64 } from './helpers/float64.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, differencesWithOtherWeights, liven } from './helpers/tiny-models.ts'

const device = await openTestDevice()
const model = dncnn({ depth: 3, width: 5, channels: 3, bias: 'all', seed: 1 })
liven(device, model)
const size = { width: 13, height: 9 }
const subject = { ...cleanAndNoisy(model, size), target: detail(rectangle(size, 4, 2, 5, 5)) }
const session = new ExplainSession(device, model, size)

describe('a local attribution map', () => {
  it('is the sum of changes of the image along the path of blurs, each times the gradient at its end', async () => {
    const [explanation] = await session.explain(subject, [localAttributionMap()], { layers: [] })
    const { maps, completeness, options, values } = explanation!
    const at = await inFloat64(device, model, size, subject, ({ target, noisy, gradients }) => [
      target,
      ...gradients([noisy]),
    ])
    const pixels = size.width * size.height
    const shares = new Float64Array(pixels)
    const blurred = (sigma: number) => mirrorBlur(subject.noisy, size, gaussianKernel(sigma, 4))
    for (let step = 1; step <= 50; step++) {
      const [before, after] = [blurred(1.2 * (1 - (step - 1) / 50)), blurred(1.2 * (1 - step / 50))]
      at(after)[1]!.data.forEach((slope, i) => {
        shares[i % pixels]! += slope * (after[i]! - before[i]!)
      })
    }
    const greatest = Math.max(...shares.map(Math.abs))
    expect(Math.max(...maps[0]!.data.map((share, i) => Math.abs(share - shares[i]!)))).toBeLessThan(1e-3 * greatest)
    const [start, end] = [blurred(1.2), subject.noisy].map((image) => at(image)[0]!.data[0]!)
    expect(completeness?.expected).toBeCloseTo(end! - start!, 4)
    expect(completeness?.actual).toBeCloseTo(
      shares.reduce((a, b) => a + b),
      4,
    )
    expect(options).toEqual({ sigma: 1.2, steps: 50, kernel: 9 })
    expect(values?.['diffusion index']).toBeCloseTo(diffusionIndex(shares)!, 2)
    expect(maps[0]).toMatchObject({ name: 'input', shape: [9, 13], signed: true, units: 'target', status: 'ok' })
  })

  it('adds up to what the blur takes from the target, the nearer the more steps', async () => {
    const few = await session.explain(subject, [localAttributionMap({ steps: 8 })], { layers: [] })
    const many = await session.explain(subject, [localAttributionMap({ steps: 200 })], { layers: [] })
    expect(many[0]?.completeness?.relative).toBeLessThan(0.02)
    expect(few[0]!.completeness!.relative!).toBeGreaterThan(2 * many[0]!.completeness!.relative!)
  })

  it('has no diffusion index where the blur changes nothing', async () => {
    const [explanation] = await session.explain(
      { noisy: new Float32Array(subject.noisy.length), target: pixel(6, 4) },
      [localAttributionMap({ steps: 20 })],
      { layers: [] },
    )
    expect(explanation?.maps[0]?.status).toBe('flat')
    expect(explanation?.completeness).toEqual({ expected: 0, actual: 0, gap: 0, relative: null })
    expect(Object.keys(explanation!.values!)).toEqual(['start'])
  })

  it('stops with the reason of an aborted signal', async () => {
    const reason = new Error('seen enough')
    const abort = new AbortController()
    const explaining = session.explain(subject, [localAttributionMap({ steps: 200 })], {
      layers: [],
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    })
    await expect(explaining).rejects.toBe(reason)
  })

  it('is another with other weights', async () => {
    const changes = await differencesWithOtherWeights(device, [localAttributionMap()])
    expect(Math.min(...Object.values(changes))).toBeGreaterThan(0.3)
  })

  it.each([{ sigma: 0 }, { sigma: Number.NaN }, { steps: 0 }, { kernel: 8 }, { kernel: -1 }])(
    'refuses %o',
    (options) => {
      expect(() => localAttributionMap(options)).toThrow(InputError)
    },
  )
})

describe('the blur', () => {
  it('keeps a flat image, and with a deviation of 0 every image', () => {
    const flat = new Float32Array(3 * 4).fill(0.25)
    for (const value of mirrorBlur(flat, { width: 3, height: 4 }, gaussianKernel(2, 6)))
      expect(value).toBeCloseTo(0.25, 6)
    expect(mirrorBlur(subject.noisy, size, gaussianKernel(0, 4))).toEqual(subject.noisy)
  })

  it('mirrors at the edge pixels, which it does not repeat, in each channel for itself', () => {
    const row = Float32Array.of(1, 2, 4, 8, 0, 0, 0, 0)
    const [a, b, c] = [0.25, 0.5, 0.25]
    const blurred = mirrorBlur(row, { width: 4, height: 1 }, [a, b, c])
    expect([...blurred]).toEqual([0.25 * 2 + 0.5 + 0.25 * 2, 2.25, 4.5, 4 + 0.5 * 4, 0, 0, 0, 0])
  })
})
