import { InputError } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { expect, it } from 'vitest'
import { inputGradient } from '../src/explainers/input-gradient.ts'
import { noisySamples } from '../src/explainers/noisy-samples.ts'
import { smoothGrad } from '../src/explainers/smooth-grad.ts'
import { ExplainSession, pixel } from '../src/index.ts'
import { inFloat64 } from './helpers/float64.ts'
import { openTestDevice, randomise } from './helpers/subjects.ts'
import { cleanAndNoisy, differencesWithOtherWeights } from './helpers/tiny-models.ts'

const device = await openTestDevice()
const model = dncnn({ depth: 3, width: 5, channels: 3, bias: 'all', seed: 1 })
randomise(device, model)
const size = { width: 13, height: 9 }
const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5) }
const session = new ExplainSession(device, model, size)

const mapsOf = async (...explainers: Parameters<typeof session.explain>[1]): Promise<Float32Array[]> => {
  const explanations = await session.explain(subject, explainers, { layers: [] })
  return explanations.map(({ maps: [map] }) => map?.data ?? new Float32Array())
}

const farthest = (a: Float32Array, b: ArrayLike<number>): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))

it('SmoothGrad without noise is the input gradient', async () => {
  const [smooth, absolute, plain] = await mapsOf(
    smoothGrad({ noise: 0, samples: 3 }),
    smoothGrad({ noise: 0, samples: 3, absolute: true }),
    inputGradient(),
  )
  expect(farthest(smooth!, plain!)).toBeLessThan(1e-6)
  expect(farthest(absolute!, plain!)).toBeLessThan(1e-6)
})

it('is the absolute mean, or the mean of absolute values, of gradients at noisy copies of the image', async () => {
  const sampling = { samples: 5, noise: 0.4, seed: 9 }
  const [signed, absolute] = await mapsOf(smoothGrad(sampling), smoothGrad({ ...sampling, absolute: true }))
  const gradientAt = await inFloat64(device, model, size, subject, ({ gradients, noisy }) => gradients([noisy]))
  const samples = Array.from({ length: 5 }, (_, i) => gradientAt(noisySamples(subject, sampling)(i))[0]!.data)
  const [means, sizes] = [Math.abs, (value: number) => value].map((_, kind) =>
    Array.from({ length: 13 * 9 }, (_, i) =>
      [0, 1, 2].reduce((total, channel) => {
        const values = samples.map((sample) => sample[channel * 13 * 9 + i]!)
        const mean = values.reduce((a, b) => a + (kind === 0 ? b : Math.abs(b)), 0) / 5
        return total + Math.abs(mean)
      }, 0),
    ),
  )
  expect(farthest(signed!, means!)).toBeLessThan(1e-5)
  expect(farthest(absolute!, sizes!)).toBeLessThan(1e-5)
  expect(farthest(signed!, sizes!)).toBeGreaterThan(1e-3)
})

it('is the same for the same seed, and another for another', async () => {
  const [first, again, other] = await mapsOf(smoothGrad(), smoothGrad({ seed: 0 }), smoothGrad({ seed: 1 }))
  expect(again).toEqual(first)
  expect(farthest(other!, first!)).toBeGreaterThan(1e-4)
})

it('draws noise of the asked share of this image’s range, a sample apart from the next', () => {
  const noisy = Float32Array.from({ length: 4000 }, (_, i) => -1 + (3 * i) / 3999)
  const sampleAt = noisySamples({ noisy }, { samples: 2, noise: 0.15, seed: 3 })
  const noise = [0, 1].map((index) => sampleAt(index).map((value, i) => value - noisy[i]!))
  const product = (a: Float32Array, b: Float32Array) => a.reduce((total, value, i) => total + value * b[i]!, 0) / 4000
  expect(Math.sqrt(product(noise[0]!, noise[0]!))).toBeCloseTo(0.15 * 3, 1)
  expect(Math.abs(product(noise[0]!, noise[1]!))).toBeLessThan(0.02)
})

it('other weights make other maps', async () => {
  const changes = await differencesWithOtherWeights(device, [smoothGrad({ samples: 20 })])
  expect(Math.min(...Object.values(changes))).toBeGreaterThan(0.3)
})

it('stops with the reason of an aborted signal', async () => {
  const reason = new Error('seen enough')
  const abort = new AbortController()
  const explaining = session.explain(subject, [smoothGrad({ samples: 320 })], {
    layers: [],
    signal: abort.signal,
    onProgress: () => abort.abort(reason),
  })
  await expect(explaining).rejects.toBe(reason)
})

it.each([{ samples: 0 }, { samples: 1.5 }, { noise: -0.1 }, { noise: Number.NaN }, { seed: -1 }])(
  'refuses %o',
  (options) => {
    expect(() => smoothGrad(options)).toThrow(InputError)
  },
)
