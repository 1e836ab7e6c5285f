import type { Plane } from '../plane.ts'
import type { Stage } from './profile.ts'

/** Finds the blocks that are alike: `places` holds the indices of their first pixels, most alike first. */
export interface BlockMatcher {
  readonly places: Int32Array
  /** Looks around the block at (x, y); the number of blocks found, a power of two, the block itself first. */
  match(x: number, y: number): number
}

/**
 * Block matching by the plain squared difference of pixels, nearest places first; a candidate is given up in the row where
 * its difference passes that of the last block which would still be taken.
 *
 * Source: Dabov et al. 2007, equations 4 and 5 (without the prefilter, which the profiles do not use).
 * @param image at least as wide and high as a block
 */
export function blockMatcher(
  { width, height, data }: Plane,
  { block, search, group, match: limit }: Stage,
): BlockMatcher {
  const places = new Int32Array(group)
  const distances = new Float64Array(group)
  const { across, down } = offsetsByDistance((search - 1) / 2)
  const farthest = limit * block * block

  const distanceUpTo = (most: number, reference: number, candidate: number): number => {
    let sum = 0
    for (let row = 0; row < block * width; row += width) {
      for (let i = row; i < row + block; i++) {
        const difference = (data[reference + i] as number) - (data[candidate + i] as number)
        sum += difference * difference
      }
      if (sum >= most) return sum
    }
    return sum
  }

  const match = (x: number, y: number): number => {
    const reference = y * width + x
    let found = 0
    for (let i = 0; i < across.length; i++) {
      const left = x + (across[i] as number)
      const top = y + (down[i] as number)
      if (left < 0 || top < 0 || left > width - block || top > height - block) continue
      const most = found < group ? farthest : (distances[group - 1] as number)
      const distance = distanceUpTo(most, reference, top * width + left)
      if (distance >= most) continue
      let place = found < group ? found++ : group - 1
      for (; place > 0 && (distances[place - 1] as number) > distance; place--) {
        distances[place] = distances[place - 1] as number
        places[place] = places[place - 1] as number
      }
      distances[place] = distance
      places[place] = top * width + left
    }
    return 2 ** Math.floor(Math.log2(found))
  }
  return { places, match }
}

/** All offsets of a square window, nearest first, so that good matches come early and bad ones are given up sooner. */
function offsetsByDistance(reach: number): { across: Int32Array; down: Int32Array } {
  const side = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
  const offsets = side.flatMap((dy) => side.map((dx) => ({ dx, dy })))
  offsets.sort((a, b) => a.dx ** 2 + a.dy ** 2 - (b.dx ** 2 + b.dy ** 2))
  return { across: Int32Array.from(offsets, ({ dx }) => dx), down: Int32Array.from(offsets, ({ dy }) => dy) }
}
