import { InputError } from '@noisescope/core'
import { channel, pixel, region, type Target } from '@noisescope/explain'
import type { Question } from '../sources/source.ts'

/** An image's size. */
interface Size {
  readonly width: number
  readonly height: number
}

/** Weight from which on a pixel of a brush is meant. */
const MEANT = 0.5

/**
 * The target of a question. A region is of the pixels whose weight is at least a half.
 * @throws InputError when the mask does not fit the image, or means no pixel. (What is not in the image or network is refused
 *   when it is explained.)
 */
export function targetOf({ target, of }: Question, { width, height }: Size): Target {
  switch (target.kind) {
    case 'pixel':
      return pixel(target.x, target.y, of)
    case 'region': {
      if (target.mask.length !== width * height) {
        throw new InputError(
          `the region has ${target.mask.length} weights; expected ${width * height} for ${width}x${height} pixels`,
        )
      }
      const data = Uint8Array.from(target.mask, (weight) => Number(weight >= MEANT))
      if (!data.includes(1)) throw new InputError('the region is empty; expected at least one pixel')
      return region({ width, height, data }, of)
    }
    case 'channel': {
      const { x, y } = target
      return channel(target.layer, target.channel, x === undefined || y === undefined ? undefined : { x, y })
    }
  }
}

/** A text that tells questions apart: equal ones have one answer as long as the image stays. */
export const questionKey = (method: string, { kind, of, numbers, masks = [] }: Target): string =>
  JSON.stringify([method, kind, of, numbers, masks.map(({ data }) => Array.from(data).join(''))])
