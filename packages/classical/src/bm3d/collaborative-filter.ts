import type { Plane } from '../plane.ts'
import { blockMatcher } from './block-matching.ts'
import { haar, inverseHaar, transformBlocks } from './group-transform.ts'
import { kaiserWindow } from './kaiser.ts'
import type { Stage } from './profile.ts'
import { biorthogonal, dct } from './transforms.ts'

/**
 * Shrinks the first `count` coefficients of a noisy group in place, by those of the guide; the weight of the group. The first
 * coefficient alone holds the mean of the group.
 */
export type Shrink = (noisy: Float64Array, guide: Float64Array, count: number) => number

/**
 * Collaborative filtering: for each reference block, blocks alike in the guide are stacked, the stack of the noisy image is
 * transformed, shrunk and transformed back, and the overlapping blocks are averaged by the weights of their groups.
 *
 * Source: Dabov et al. 2007, equations 6, 8, 9 and 12.
 * @param guide where alike blocks are looked for; the noisy image itself in the first step
 */
export function collaborativeFilter(noisy: Plane, guide: Plane, stage: Stage, shrink: Shrink): Plane {
  const { block, step, group, transform: name } = stage
  const { width, height } = noisy
  const transform = name === 'dct' ? dct(block) : biorthogonal(block)
  const matcher = blockMatcher(guide, stage)
  const area = block * block
  const stack = new Float64Array(group * area)
  const guideStack = guide === noisy ? stack : new Float64Array(group * area)
  const window = kaiserWindow(block)
  const sums = new Float64Array(width * height)
  const weights = new Float64Array(width * height)

  const spectrum = (from: Plane, into: Float64Array, count: number): void => {
    for (let b = 0, at = 0; b < count; b++) {
      const place = matcher.places[b] as number
      for (let row = place; row < place + block * width; row += width) {
        for (let i = row; i < row + block; i++) into[at++] = from.data[i] as number
      }
    }
    transformBlocks(into, count, transform.forward, transform)
    haar(into, count, area)
  }

  const aggregate = (count: number, weight: number): void => {
    for (let b = 0, at = 0; b < count; b++) {
      const place = matcher.places[b] as number
      for (let row = place, w = 0; row < place + block * width; row += width) {
        for (let i = row; i < row + block; i++) {
          const share = weight * (window[w++] as number)
          sums[i] = (sums[i] as number) + share * (stack[at++] as number)
          weights[i] = (weights[i] as number) + share
        }
      }
    }
  }

  for (const y of referencePlaces(height - block, step)) {
    for (const x of referencePlaces(width - block, step)) {
      const count = matcher.match(x, y)
      spectrum(noisy, stack, count)
      if (guide !== noisy) spectrum(guide, guideStack, count)
      const weight = shrink(stack, guideStack, count * area)
      inverseHaar(stack, count, area)
      transformBlocks(stack, count, transform.inverse, transform)
      aggregate(count, weight)
    }
  }
  return { width, height, data: noisy.data.map((_, i) => (sums[i] as number) / (weights[i] as number)) }
}

/** Every `step`-th place, and the last, so that the blocks cover the whole image. */
function referencePlaces(last: number, step: number): number[] {
  const places = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step)
  return places.at(-1) === last ? places : [...places, last]
}
