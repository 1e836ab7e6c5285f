import { ShapeError } from '@noisescope/core'
import { assertComparable, assertDataRange } from './check.ts'
import { meanSquaredError, psnrOfError } from './psnr.ts'
import { type SsimOptions, ssimMeter, ssimWindowSize } from './ssim.ts'

/** The images' sizes, and what to do with values outside the data range. */
export interface ImageQualityOptions extends SsimOptions {
  /**
   * Clip the output (not the clean images) to 0..`dataRange` first, as the published protocol does; false unless given.
   */
  readonly clip?: boolean | undefined
}

/** One number an image of a batch, and their mean. */
export interface Measured {
  readonly perImage: Float64Array
  readonly mean: number
}

/** Quality of a batch of images. */
export interface ImageQuality {
  readonly meanSquaredError: Measured
  /** In dB; `Infinity` for an image that equals the clean one, and then the mean is `Infinity` too. */
  readonly psnr: Measured
  readonly ssim: Measured
  /** Images that equal the clean one exactly: when it is not 0, it explains an infinite mean PSNR. */
  readonly identical: number
  /** Side in pixels of SSIM's window: 11 unless the images are smaller, see `ssimWindowSize`. */
  readonly ssimWindow: number
}

/**
 * MSE, PSNR and SSIM of every image of a batch, and their means (of PSNR: the mean of dB, not the dB of the mean
 * error).
 * @param output NCHW values, `count * channels * height * width` of them; `count` is read off the length.
 * @param clean As many values in the same layout.
 * @throws {ShapeError} when the lengths differ or are no whole number of images.
 * @throws {InputError} when the batch is empty, a value is not finite, or a size or the data range is not positive.
 */
export function imageQuality(output: Float32Array, clean: Float32Array, options: ImageQualityOptions): ImageQuality {
  const { width, height, channels = 1, dataRange = 1, clip = false } = options
  assertDataRange(dataRange)
  const similarity = ssimMeter(options)
  const size = channels * height * width
  assertComparable(output, clean)
  if (output.length % size !== 0) {
    throw new ShapeError(
      `the batch has ${output.length} values; expected whole images of ${size} values each; give the sizes they have`,
    )
  }

  const count = output.length / size
  const errors = new Float64Array(count)
  const decibels = new Float64Array(count)
  const similarities = new Float64Array(count)
  const clipped = new Float32Array(size)
  for (let n = 0; n < count; n++) {
    const start = n * size
    let image = output.subarray(start, start + size)
    if (clip) {
      for (let i = 0; i < size; i++) clipped[i] = Math.min(Math.max(image[i] as number, 0), dataRange)
      image = clipped
    }
    const truth = clean.subarray(start, start + size)
    const error = meanSquaredError(image, truth)
    errors[n] = error
    decibels[n] = psnrOfError(error, dataRange)
    similarities[n] = similarity(image, truth)
  }
  return {
    meanSquaredError: measured(errors),
    psnr: measured(decibels),
    ssim: measured(similarities),
    identical: errors.reduce((total, error) => total + (error === 0 ? 1 : 0), 0),
    ssimWindow: ssimWindowSize(width, height),
  }
}

function measured(perImage: Float64Array): Measured {
  return { perImage, mean: perImage.reduce((total, value) => total + value, 0) / perImage.length }
}
