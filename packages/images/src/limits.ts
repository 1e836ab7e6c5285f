import { InputError } from '@noisescope/core'

/** 10,000 x 10,000: more than any common camera takes, and 1.2 GB of float32 in colour. */
export const DEFAULT_MAXIMUM_PIXELS = 100e6
/** What decoding costs at most in memory, float32 planes included. */
export const BYTES_A_PIXEL = 16
/** Decoded values that any file may bring, and how many more for each byte of it: a small file must not fill the memory. */
const FREE_BYTES = 512 * 2 ** 20
const BYTES_FOR_EACH_STORED = 512

/** What a file's header claims. */
export interface ClaimedSize {
  readonly width: number
  readonly height: number
}

const inBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${bytes} bytes`

const costOf = ({ width, height }: ClaimedSize): string => inBytes(width * height * BYTES_A_PIXEL)

/** Refuses the size that a file's header claims before anything is decoded; throws InputError. */
export function refuseAbsurdSize(
  size: ClaimedSize,
  name: string,
  { maximumPixels = DEFAULT_MAXIMUM_PIXELS }: { readonly maximumPixels?: number },
): void {
  const { width, height } = size
  if (width < 1 || height < 1) throw new InputError(`${name} says it is ${width}x${height}; it has no pixels`)
  if (width * height > maximumPixels) {
    throw new InputError(
      `${name} says it is ${width}x${height}, more than the ${maximumPixels / 1e6} million pixels allowed: decoding it would ` +
        `take up to ${costOf(size)} of memory; crop it or scale it down first`,
    )
  }
}

/**
 * Refuses a picture whose values take far more memory than its file has bytes; throws InputError.
 *
 * @param channels 1 grey, 3 colour
 * @param stored bytes of the file
 */
export function refuseHollowFile(size: ClaimedSize, channels: 1 | 3, stored: number, name: string): void {
  const values = size.width * size.height * channels * Float32Array.BYTES_PER_ELEMENT
  if (values <= FREE_BYTES + BYTES_FOR_EACH_STORED * stored) return
  throw new InputError(
    `${name} says it is ${size.width}x${size.height} and has only ${inBytes(stored)}: decoding it would take up to ` +
      `${costOf(size)} of memory, which so small a file is not given; crop it or scale it down first`,
  )
}
