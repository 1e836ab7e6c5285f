import { InputError } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'
import { type Block, checkSide, eachPixel, slidingBlocks } from './blocks.ts'
import { checkFill, type Fill, filling } from './fill-block.ts'

export interface OcclusionOptions {
  /** Side of the patch in pixels; 4 if not given. */
  readonly patch?: number
  /** Pixels from one patch to the next, at most `patch`; half of it if not given. */
  readonly stride?: number
  /** What stands in the patch; 'mean' if not given. A patch of zeros is a black patch, which no denoiser was trained on. */
  readonly fill?: Fill
}

/**
 * Occlusion: how much the target falls when a patch of the noisy image is replaced, shared evenly by the pixels of the patch,
 * and averaged over the patches that cover a pixel. Where patches do not overlap, the map's sum over one is its whole effect.
 *
 * map_i = mean over patches P with i in P of (T(y) - T(y with P replaced)) / |P|
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2.
 * @throws InputError when patch, stride or fill are unusable; on explaining when the patch does not fit in the image, or the
 *   clean image is needed and not given.
 */
export function occlusion({ patch = 4, stride, fill = 'mean' }: OcclusionOptions = {}): Explainer {
  const method = 'occlusion'
  checkWhole(method, 'patch', patch)
  const step = stride ?? Math.ceil(patch / 2)
  checkWhole(method, 'stride', step)
  checkFill(method, fill)
  if (step > patch) {
    throw new InputError(
      `occlusion: a stride of ${step} leaves gaps between patches of ${patch}; expected at most ${patch}`,
    )
  }
  return {
    name: method,
    title: 'Occlusion',
    options: { patch, stride: step, fill },
    explain: async (context) => {
      const { width, height, value } = context
      checkSide(method, 'patch', patch, context)
      const blocks = slidingBlocks(context, patch, step)
      const fillBlock = filling(context, fill, method)
      const values = await context.held.values(imagesAt(blocks.length, (i) => fillBlock(blocks[i] as Block)))
      const shares = new Float64Array(width * height)
      const covered = new Uint32Array(width * height)
      for (const [i, block] of blocks.entries()) {
        const share = (value - (values[i] as number)) / (patch * patch)
        eachPixel(block, width, (pixel) => {
          shares[pixel] = (shares[pixel] as number) + share
          covered[pixel] = (covered[pixel] as number) + 1
        })
      }
      const data = Float32Array.from(shares, (total, i) => total / (covered[i] as number))
      return { maps: [explanationMap({ name: 'input', shape: [height, width], data, signed: true, units: 'target' })] }
    },
  }
}
