import { type ClassicalDenoiser, classicalDenoisers } from '@noisescope/classical'
import { InputError } from '@noisescope/core'
import { createImage, type Image } from '@noisescope/images'
import { sigmaRange } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'
import { measure, type Sample } from './evaluation.ts'

/** Names of the denoisers that a model can be compared with. */
export const comparedNames: readonly string[] = classicalDenoisers.map(({ name }) => name)

/** The classical denoisers of these names. @throws InputError when there is none of a name. */
export const comparedDenoisers = (names: readonly string[]): ClassicalDenoiser[] =>
  names.map((name) => {
    const found = classicalDenoisers.find((denoiser) => denoiser.name === name)
    if (found !== undefined) return found
    throw new InputError(`there is no denoiser ${name} to compare with; expected some of ${comparedNames.join(', ')}`)
  })

/**
 * A noisy image as a classical denoiser leaves it, each channel on its own. It is told the level of Gaussian noise; of other
 * noise the root mean square of what was really added, the best guess that anybody could make.
 */
export function classicallyDenoised(
  { denoise }: ClassicalDenoiser,
  { clean, noisy, noise }: { readonly clean: Image; readonly noisy: Image; readonly noise: Noise },
): Image {
  const { width, height, channels, data } = noisy
  const level = sigmaRange(noise)?.min ?? rootMeanSquareDifference(noisy, clean)
  const pixels = width * height
  const denoised = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += pixels) {
    denoised.set(denoise({ width, height, data: data.subarray(start, start + pixels) }, level).data, start)
  }
  return createImage(width, height, channels, denoised)
}

/** PSNR in dB and SSIM of each denoiser, means over the samples. */
export function comparedQuality(
  names: readonly string[],
  samples: readonly Sample[],
  noise: Noise,
): Record<string, { readonly psnr: number; readonly ssim: number }> {
  const qualities = comparedDenoisers(names).map((denoiser) => {
    let [psnr, ssim] = [0, 0]
    for (const { clean, noisy } of samples) {
      const quality = measure(classicallyDenoised(denoiser, { clean, noisy, noise }), clean)
      psnr += quality.psnr / samples.length
      ssim += quality.ssim / samples.length
    }
    return [denoiser.name, { psnr, ssim }]
  })
  return Object.fromEntries(qualities)
}

function rootMeanSquareDifference(a: Image, b: Image): number {
  const squares = a.data.reduce((sum, value, i) => sum + (value - (b.data[i] as number)) ** 2, 0)
  return Math.sqrt(squares / a.data.length)
}
