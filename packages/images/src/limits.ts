import { InputError } from '@noisescope/core'

/** 10,000 x 10,000: more than any common camera takes, and 1.2 GB of float32 in colour. */
export const DEFAULT_MAXIMUM_PIXELS = 100e6

/** Refuses the size that a file's header claims before anything is decoded; throws InputError. */
export function refuseAbsurdSize(
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
  { maximumPixels = DEFAULT_MAXIMUM_PIXELS }: { readonly maximumPixels?: number },
): void {
  if (width < 1 || height < 1) throw new InputError(`${name} says it is ${width}x${height}; it has no pixels`)
  if (width * height > maximumPixels) {
    throw new InputError(
      `${name} says it is ${width}x${height}, more than the ${maximumPixels / 1e6} million pixels allowed;` +
        ' crop it or scale it down first',
    )
  }
}
