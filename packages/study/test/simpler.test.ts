import { expect, test } from 'vitest'
import { type Estimate, type StudyCell, simplerAnswerOf, tablesOf } from '../src/index.ts'
import { decibelsOf, differenceOf, verdictOf } from '../src/verdict.ts'
import { about, earlierJson, none, studyIn } from './cells.ts'

const [base] = studyIn(earlierJson).cells

const means = (psnr: Estimate) => ({
  noisy: about(10),
  median3x3: about(12),
  denoised: psnr,
  gain: about(psnr.value! - 10),
})

/** A cell of a data set with these means of PSNR and SSIM, and the mean squared error and F1 of the object. */
function cellOf(
  dataset: string,
  { psnr, ssim, error, f1 }: Record<'psnr' | 'ssim' | 'error' | 'f1', Estimate>,
): StudyCell {
  const separation = base!.separation.map((each) => ({
    ...each,
    scores: {
      ...each.scores,
      parts: {
        ...each.scores.parts,
        object: { ...each.scores.parts.core, meanSquaredError: error, f1 },
      },
    },
  }))
  return { ...base!, name: dataset, dataset, quality: { psnr: means(psnr), ssim: means(ssim) }, separation }
}

const mnist = cellOf('mnist', {
  psnr: about(21),
  ssim: about(0.5, 0.01),
  error: about(0.02, 0.001),
  f1: about(0.2, 0.01),
})
const fashion = cellOf('fashion-mnist', {
  psnr: about(20),
  ssim: about(0.49, 0.05),
  error: about(0.01, 0.001),
  f1: about(0.3, 0.01),
})

test('whether simpler images are denoised better is told for the whole image and the object, by intervals of differences', () => {
  const { claim, sentences, comparisons } = simplerAnswerOf([mnist, fashion])!
  expect(claim).toBe('Simpler images (MNIST) are denoised better.')
  expect(sentences[0]).toBe(
    'The whole image, higher on mnist / on fashion-mnist: PSNR 1 / 0 of 1; PSNR gained over the noisy image 1 / 0 of 1; SSIM 0 / 0 of 1, not told apart in 1.',
  )
  expect(sentences[1]).toContain('Object above 0.1, PSNR, higher on mnist / on fashion-mnist: beside the object ')
  expect(sentences[1]).toContain('on the whole object 0 / 1 of 1.')
  expect(sentences[2]).toContain('on the whole object 0 / 1 of 1.')
  expect(sentences.at(-1)).toBe(
    'So by PSNR it holds of whole images in 1 of 1, and of the pixels of the object (above 0.1) in 0 of 1, where the opposite does in 1.',
  )
  const psnr = comparisons.find(({ measure, part }) => measure === 'psnr' && part === 'image')
  expect(psnr?.difference.value).toBeCloseTo(1, 12)
  // Two intervals of half width 0.1: the root of the sum of their squares.
  expect(psnr?.difference.interval?.low).toBeCloseTo(1 - Math.SQRT2 / 10, 12)
  expect(psnr?.difference.interval?.high).toBeCloseTo(1 + Math.SQRT2 / 10, 12)
  const table = tablesOf([mnist, fashion]).find(({ caption }) => /simpler.*F1.*above 0.1/.test(caption))
  expect(table?.rows[1]?.slice(-2)).toEqual(['-0.100 [-0.114, -0.086] of 900', 'fashion-mnist'])
})

test('nothing is said of one data set, of other noises, or of studies that have no intervals of quality', () => {
  expect(simplerAnswerOf([mnist])).toBe(undefined)
  expect(simplerAnswerOf([mnist, { ...fashion, noise: { kind: 'laplace', text: 'Laplace noise' } }])).toBe(undefined)
  expect(simplerAnswerOf([mnist, { ...fashion, quality: null }])).toBe(undefined)
})

test('a difference has the ends of intervals that need not be symmetric, and rests on the smaller of two', () => {
  const a: Estimate = { value: 3, interval: { low: 2, high: 7 }, basis: { values: 50, images: 20 } }
  const b: Estimate = { value: 1, interval: { low: -2, high: 1.75 }, basis: { values: 40, images: 30 } }
  expect(differenceOf(a, b)).toEqual({
    value: 2,
    interval: { low: 2 - Math.hypot(1, 0.75), high: 2 + Math.hypot(4, 3) },
    basis: { values: 40, images: 20 },
  })
  expect(differenceOf(a, none)).toEqual(none)
  expect(verdictOf(differenceOf(a, { ...b, interval: null }))).toBe('undecided')
})

test('a mean squared error in decibels has its interval turned round', () => {
  const decibels = decibelsOf({ value: 0.01, interval: { low: 0.001, high: 0.1 }, basis: null })
  expect(decibels.value).toBeCloseTo(20, 12)
  expect(decibels.interval?.low).toBeCloseTo(10, 12)
  expect(decibels.interval?.high).toBeCloseTo(30, 12)
  expect(decibelsOf(about(0))).toEqual(none)
})
