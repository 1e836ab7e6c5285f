import { InputError } from '@noisescope/core'
import type { ExplainContext } from '../explainer.ts'
import type { Size } from '../traced-model.ts'
import { type Block, eachPixel } from './blocks.ts'
import { gaussianKernel, mirrorBlur } from './blur.ts'

/**
 * What stands in a block for what was there: the mean of its own noisy values (in each channel), the blurred noisy image, the
 * clean image, or zero (which is black, not absent).
 */
export type Fill = 'mean' | 'blurred' | 'clean' | 'zero'

export const fills: readonly Fill[] = ['mean', 'blurred', 'clean', 'zero']

/** Standard deviation in pixels of the blur that 'blurred' stands for: wider than noise and fine texture. */
export const FILL_BLUR = 2

/** Sizes of an image [c, h, w]. */
type Sizes = Size & { readonly channels: number }

/** Refuses what is no fill. @throws InputError */
export function checkFill(method: string, fill: string): void {
  if ((fills as readonly string[]).includes(fill)) return
  throw new InputError(`${method}: there is no fill ${fill}; expected one of ${fills.join(', ')}`)
}

/** Makes copies of the noisy image in which one block is filled. @throws InputError when the clean image is needed and not given. */
export function filling(context: ExplainContext, fill: Fill, method: string): (block: Block) => Float32Array {
  const { noisy, width } = context
  if (fill === 'mean') return (block) => withValues(noisy, context, block, blockMean(noisy, block, width))
  const source = {
    blurred: () => mirrorBlur(noisy, context, gaussianKernel(FILL_BLUR, 3 * FILL_BLUR)),
    clean: () => context.clean(`${method} with the clean image`),
    zero: () => new Float32Array(noisy.length),
  }[fill]()
  return (block) => withBlockOf(noisy, source, context, block)
}

/** A copy of an image with one block of another. */
export const withBlockOf = (image: Float32Array, source: Float32Array, sizes: Sizes, block: Block): Float32Array =>
  withValues(image, sizes, block, () => (i) => source[i] as number)

/** A copy of an image with new values in one block: by channel, whose first value is at `plane`, and by value. */
function withValues(
  image: Float32Array,
  { channels, width, height }: Sizes,
  block: Block,
  valuesOf: (plane: number) => (i: number) => number,
): Float32Array {
  const copy = image.slice()
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * width * height
    const valueAt = valuesOf(plane)
    eachPixel(block, width, (pixel) => {
      copy[plane + pixel] = valueAt(plane + pixel)
    })
  }
  return copy
}

const blockMean =
  (image: Float32Array, block: Block, width: number) =>
  (plane: number): (() => number) => {
    let total = 0
    eachPixel(block, width, (pixel) => {
      total += image[plane + pixel] as number
    })
    const mean = total / (block.width * block.height)
    return () => mean
  }
