import { openDevice } from '@noisescope/core/node'
import { defaultNoise } from '@noisescope/noise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileDenoiser } from '../src/denoiser.ts'
import { type MeasuredCell, measureCell } from '../src/study/cell.ts'
import { loadWeights } from '../src/weights.ts'

const IMAGES = 40
const SIDE = 28
const device = await openDevice()
afterAll(() => device[Symbol.dispose]())

let cell: MeasuredCell
let fromClean: readonly Float32Array[]
beforeAll(async () => {
  const planned = { name: 'a', dataset: 'fashion-mnist', noise: defaultNoise('gaussian'), model: 'autoencoder' }
  const trained = await loadWeights({ model: 'autoencoder', dataset: 'fashion-mnist', noise: 'gaussian' })
  const size = {
    images: IMAGES,
    explained: 0,
    resamples: 10,
    judged: { images: 0, draws: 1 },
    training: { trainImages: 1, epochs: 1, maxMinutes: 1 },
  }
  const options = { size, seed: 1, data: undefined, full: undefined }
  cell = await measureCell(device, planned, { trained, origin: 'shipped' }, options)
  using denoiser = await compileDenoiser(device, trained.model, SIDE)
  fromClean = (await denoiser.denoise(cell.samples.map(({ clean }) => clean))).map(({ data }) => data)
})

/** Which pixels are in which part, by the definitions: eroded and dilated by 3x3, of which only what is in the image counts. */
function partsOf(clean: Float32Array, threshold: number): Record<'core' | 'edge' | 'background' | 'object', boolean>[] {
  const isObject = (x: number, y: number): boolean => clean[y * SIDE + x]! > threshold
  return Array.from(clean, (_, i) => {
    const around: boolean[] = []
    for (const dy of [-1, 0, 1]) {
      for (const dx of [-1, 0, 1]) {
        const [x, y] = [(i % SIDE) + dx, Math.floor(i / SIDE) + dy]
        if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) around.push(isObject(x, y))
      }
    }
    const [core, some] = [around.every(Boolean), around.some(Boolean)]
    return { core, edge: some && !core, background: !some, object: isObject(i % SIDE, Math.floor(i / SIDE)) }
  })
}

test.each([0.1, 0.5])(
  'F1, shares, error, and the control of core, edge, whole object and background above %s are those of plain loops in float64',
  (threshold) => {
    const { separation, cleanControl } = cell.result
    const found = separation.find((each) => each.denoiser === 'network' && each.objectThreshold === threshold)!.scores
    const control = cleanControl.find((each) => each.objectThreshold === threshold)!.parts
    const allError = cell.samples.reduce(
      (sum, { clean }, s) => sum + clean.data.reduce((own, x, i) => own + (cell.denoised[s]!.data[i]! - x) ** 2, 0),
      0,
    )
    const f1s: Record<string, number> = {}
    for (const part of ['core', 'edge', 'background', 'object'] as const) {
      const sums = { hit: 0, missed: 0, wrong: 0, values: 0, error: 0, blurred: 0, both: 0 }
      for (const [s, { clean, noisy }] of cell.samples.entries()) {
        const inPart = partsOf(clean.data, threshold)
        for (const [i, x] of clean.data.entries()) {
          if (!inPart[i]![part]) continue
          const [y, f, c] = [noisy.data[i]!, cell.denoised[s]!.data[i]!, fromClean[s]![i]!]
          const [corrupted, removed, blurred] = [Math.abs(y - x) > 0.1, Math.abs(y - f) > 0.1, Math.abs(x - c) > 0.1]
          sums.values++
          sums.error += (f - x) ** 2
          sums.blurred += Number(blurred)
          if (corrupted && removed) sums.hit++
          else if (corrupted) sums.missed++
          else if (removed) sums.wrong++
          if (!corrupted && removed && blurred) sums.both++
        }
      }
      const { hit, missed, wrong, values, error, blurred, both } = sums
      const scores = found.parts[part]
      f1s[part] = (2 * hit) / (2 * hit + missed + wrong)
      expect(scores.f1.value).toBe(f1s[part])
      expect(scores.f1.basis.values).toBe(hit + missed + wrong)
      expect(scores.pixelShare.value).toBe(values / (IMAGES * SIDE * SIDE))
      expect(scores.errorShare.value).toBeCloseTo(error / allError, 10)
      expect(scores.meanSquaredError.value).toBeCloseTo(error / values, 10)
      const free = values - hit - missed
      expect(control[part].noisy.value).toBe(wrong / free)
      expect(control[part].clean.value).toBe(blurred / values)
      expect(control[part].ratio.value).toBeCloseTo(blurred / values / (wrong / free), 12)
      expect(control[part].same.value).toBe(both / wrong)
    }
    expect(found.gap.f1.value).toBeCloseTo(f1s.background! - f1s.core!, 12)
    expect(found.objectGap.f1.value).toBeCloseTo(f1s.background! - f1s.object!, 12)
  },
)

test('means of quality are those of the evaluation, and the gain is their difference', () => {
  const { evaluation, quality } = cell.result
  expect(quality.psnr.denoised.value).toBeCloseTo(evaluation.denoised.psnr, 12)
  expect(quality.ssim.noisy.value).toBeCloseTo(evaluation.noisy.ssim, 12)
  expect(quality.psnr.gain.value).toBeCloseTo(evaluation.denoised.psnr - evaluation.noisy.psnr, 10)
  expect(quality.psnr.gain.basis).toEqual({ values: IMAGES, images: IMAGES })
})
