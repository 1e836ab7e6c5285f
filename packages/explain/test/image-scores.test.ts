import { psnr } from '@noisescope/metrics'
import { expect, test } from 'vitest'
import { attributionScores, type Explanation, explanationMap, imageScores, pixel } from '../src/index.ts'

const size = { width: 12, height: 12, channels: 1 }
const at = (x: number, y: number): number => y * 12 + x

/** A square of 6x6 on black; noise on four pixels, two on it and two beside it. */
const clean = Float32Array.from({ length: 144 }, (_, i) => Number(i % 12 >= 3 && i % 12 < 9 && i >= 36 && i < 108))
const noisy = changed(clean, [at(0, 0), 0.5], [at(11, 11), 0.5], [at(5, 5), 0.5], [at(6, 6), 0.5])

function changed(image: Float32Array, ...places: [index: number, value: number][]): Float32Array {
  const copy = image.slice()
  for (const [index, value] of places) copy[index] = value
  return copy
}

const valuesOf = (scores: readonly { name: string; value: number | null }[]) =>
  Object.fromEntries(scores.map(({ name, value }) => [name, value]))

test('scores say what was found on the object and beside it, and how much of it there was', () => {
  // Beside the object all noise is found; on it one of two, and one pixel is changed for nothing.
  const denoised = changed(noisy, [at(0, 0), 0], [at(11, 11), 0], [at(5, 5), 1], [at(7, 5), 0.5])
  const scores = imageScores({ ...size, clean, noisy, denoised })
  const values = valuesOf(scores)
  expect(values['F1 beside the object']).toBe(1)
  expect(values['F1 in the object’s core']).toBe(0.5)
  expect(values['F1 beside less in the object’s core']).toBe(0.5)
  // The noise that is kept lies in the core, so that the whole object has the same counts of it.
  expect(values['F1 on the whole object']).toBe(0.5)
  expect(values['F1 beside less on the whole object']).toBe(0.5)
  expect(values.precision).toBe(0.75)
  expect(values.recall).toBe(0.75)
  expect(values['false removal beside the object']).toBe(0)
  expect(values['false removal in the object’s core']).toBeCloseTo(1 / 14)
  expect(values['false removal on the whole object']).toBeCloseTo(1 / 34)
  expect(values['removal gain beside the object']).toBeCloseTo(1)
  expect(values.PSNR).toBeCloseTo(psnr(denoised, clean), 10)
  const noteOf = (wanted: string) => scores.find(({ name }) => name === wanted)?.note
  expect(noteOf('F1 in the object’s core')).toBe('2 of 16 values have noise above 0.1')
  expect(noteOf('F1 on the whole object')).toBe('2 of 36 values have noise above 0.1')
})

test('noise of other signs on and beside the object is not like, and that gap is then not defined', () => {
  const denoised = changed(noisy, [at(0, 0), 0])
  const gap = imageScores({ ...size, clean, noisy, denoised }).find(({ name }) => name.endsWith('like with like'))
  expect(gap?.value).toBeNull()
  expect(gap?.note).toMatch(/which 0 noisy values have/)
})

test('a photograph has no scores on and beside an object', () => {
  const names = imageScores({ ...size, clean, noisy, denoised: noisy }, { object: false }).map(({ name }) => name)
  expect(names).toEqual([
    'PSNR',
    'SSIM',
    'F1',
    'precision',
    'recall',
    'average precision',
    'false removal',
    'removal gain',
  ])
})

test('a perfect image and a broken one have no PSNR, and say why', () => {
  const [perfect] = imageScores({ ...size, clean, noisy, denoised: clean })
  expect(perfect).toMatchObject({ name: 'PSNR', value: null })
  expect(perfect?.note).toMatch(/the denoised one equals the clean one/)
  const broken = imageScores({ ...size, clean, noisy, denoised: changed(clean, [3, Number.NaN]) })
  expect(broken).toEqual([{ name: 'PSNR', value: null, units: 'dB', note: 'the denoised image holds NaN or infinity' }])
})

test('attribution on noise is 1 by chance and as much as fits when all of the map is on noise', () => {
  const explanation = (title: string, name: string, data: Float32Array): Explanation => ({
    method: title,
    title,
    options: {},
    target: pixel(0, 0),
    value: 1,
    maps: [explanationMap({ name, shape: [12, 12], data, signed: true, units: '1' })],
  })
  const noise = noisy.map((value, i) => value - (clean[i] as number))
  const scores = attributionScores({ ...size, clean, noisy }, [
    explanation('Chance', 'input', new Float32Array(144).fill(-2)),
    explanation('Noise', 'input', noise),
    explanation('A layer', 'conv', noise),
  ])
  expect(valuesOf(scores)).toEqual({ 'attribution on noise, Chance': 1, 'attribution on noise, Noise': 144 / 4 })
})
