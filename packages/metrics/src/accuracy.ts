import { assertComparable } from './check.ts'

/** A value above this counts as white. */
const THRESHOLD = 0.5

/**
 * Share of pixels, 0..1, that are on the same side of 0.5 in the output and in the clean image.
 * @param output Values on 0..1 in any layout.
 * @param clean As many values in the same layout.
 * @throws {ShapeError} when the lengths differ.
 * @throws {InputError} when they are empty or not finite.
 */
export function binaryAccuracy(output: Float32Array, clean: Float32Array): number {
  assertComparable(output, clean)
  let right = 0
  for (let i = 0; i < output.length; i++) {
    if ((output[i] as number) > THRESHOLD === (clean[i] as number) > THRESHOLD) right++
  }
  return right / output.length
}

/**
 * The "accuracy" that Keras reports for an autoencoder: the share of pixels, 0..1, where `output > 0.5` (as 0 or 1)
 * **equals** the clean value.
 *
 * Only the output is thresholded, so a pixel whose clean value is a grey between 0 and 1 is wrong whatever the network
 * does. The number is bounded by the share of pixels that are exactly 0 or exactly 1: on the 10,000 test images a
 * perfect output scores 0.814 on MNIST and 0.511 on Fashion-MNIST, and a black image 0.807 and 0.503. It says how black
 * the data set is, not how good the denoiser is: report PSNR and SSIM first, and {@link binaryAccuracy} beside it.
 * @param output Values on 0..1 in any layout.
 * @param clean As many values in the same layout.
 * @throws {ShapeError} when the lengths differ.
 * @throws {InputError} when they are empty or not finite.
 */
export function kerasBinaryAccuracy(output: Float32Array, clean: Float32Array): number {
  assertComparable(output, clean)
  let right = 0
  for (let i = 0; i < output.length; i++) {
    if (((output[i] as number) > THRESHOLD ? 1 : 0) === clean[i]) right++
  }
  return right / output.length
}
