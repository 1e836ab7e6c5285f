import { InputError, keyFrom, random } from '@noisescope/core'
import { expect, test } from 'vitest'
import { percentileInterval, resampledIndices } from '../src/bootstrap.ts'
import { type ControlledImage, cleanControl, separation, separationRecord } from '../src/index.ts'
import { gaussianImage, smallImage } from './separation-images.ts'

/** A denoiser that blurs (0, 2) and brightens (0, 3) of the clean image; with noise it leaves (0, 3) alone. */
function controlled(): ControlledImage {
  const image = smallImage()
  const denoisedClean = image.clean.slice()
  denoisedClean[2 * 5] = 0.25
  denoisedClean[3 * 5] = 0.75
  return { ...image, denoisedClean }
}

test('what is changed of a 5x5 image by hand, with noise and without', () => {
  const { core, object, background, edge } = cleanControl([controlled()])
  // Core: column 0 of five, of which (0, 0) and (0, 1) are noise.
  expect([core.noisy.value, core.clean.value]).toEqual([1 / 3, 2 / 5])
  expect(core.ratio.value).toBeCloseTo(2 / 5 / (1 / 3), 12)
  expect(core.same).toEqual({ value: 1, interval: null, basis: { values: 1, images: 1 } })
  expect([object.noisy.value, object.clean.value]).toEqual([1 / 8, 2 / 10])
  expect([background.noisy.value, background.ratio.value, background.same.value]).toEqual([0, null, null])
  expect(edge.ratio.value).toBe(null)
})

const images = [1, 2, 3, 4, 5, 6].map((seed): ControlledImage => {
  const image = gaussianImage(seed)
  const noise = random('normal', keyFrom(90 + seed), image.clean.length)
  return { ...image, denoisedClean: image.clean.map((value, i) => value + 0.1 * noise[i]!) }
})

test('the shares are those of false removal with the noisy image, and with the clean one in its place', () => {
  const control = cleanControl(images, {}, { resamples: 5 })
  const noisy = separation(
    images.map((image) => separationRecord(image)),
    { resamples: 5 },
  )
  const clean = separation(
    images.map(({ denoisedClean, ...image }) =>
      separationRecord({ ...image, noisy: image.clean, denoised: denoisedClean }),
    ),
    { resamples: 5 },
  )
  for (const part of ['image', 'core', 'edge', 'background', 'object'] as const) {
    expect(control[part].noisy.value).toBe(noisy.parts[part].falseRemoval.value)
    expect(control[part].clean.value).toBe(clean.parts[part].falseRemoval.value)
    expect(control[part].clean.basis).toEqual(clean.parts[part].falseRemoval.basis)
  }
})

test('the ratio has the interval of the ratio on the same draws of images', () => {
  const options = { resamples: 60, seed: 2 }
  const { ratio, same } = cleanControl(images, {}, options).object
  const totals = (indices: ArrayLike<number>) => {
    const sums = { pixels: 0, clean: 0, free: 0, noisy: 0, both: 0 }
    for (const index of Array.from(indices)) {
      const { clean, noisy, denoised, denoisedClean } = images[index]!
      for (const [i, x] of clean.entries()) {
        if (!(x > 0.1)) continue
        const [blurred, free] = [Math.abs(x - denoisedClean[i]!) > 0.1, !(Math.abs(noisy[i]! - x) > 0.1)]
        const changed = free && Math.abs(noisy[i]! - denoised[i]!) > 0.1
        sums.pixels++
        sums.clean += Number(blurred)
        sums.free += Number(free)
        sums.noisy += Number(changed)
        sums.both += Number(changed && blurred)
      }
    }
    return sums
  }
  const ratioIn = (indices: ArrayLike<number>) => {
    const { pixels, clean, free, noisy } = totals(indices)
    return clean / pixels / (noisy / free)
  }
  const all = totals([0, 1, 2, 3, 4, 5])
  const counts = images.map((_, i) => totals([i])[all.noisy < all.clean ? 'noisy' : 'clean'])
  const worth = counts.reduce((a, b) => a + b) ** 2 / counts.reduce((a, b) => a + b * b, 0)
  const expected = percentileInterval(Array.from(resampledIndices(6, options), ratioIn), options, worth)
  expect(ratio.value).toBeCloseTo(ratioIn([0, 1, 2, 3, 4, 5]), 12)
  expect(ratio.interval?.low).toBeCloseTo(expected!.low, 12)
  expect(ratio.interval?.high).toBeCloseTo(expected!.high, 12)
  expect(ratio.basis).toEqual({ values: Math.min(all.noisy, all.clean), images: 6 })
  expect(same.value).toBe(all.both / all.noisy)
})

test('NaN and no images are refused', () => {
  const image = controlled()
  expect(() => cleanControl([])).toThrow(InputError)
  expect(() => cleanControl([{ ...image, denoisedClean: image.clean.map(() => Number.NaN) }])).toThrow(
    /the clean image behind the denoiser holds NaN/,
  )
})
