import { InputError } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { Size } from '../traced-model.ts'

/** A rectangle of an image, in pixels from the left and from the top. */
export interface Block extends Size {
  readonly x: number
  readonly y: number
}

/** Refuses a square that does not fit in the image. @throws InputError */
export function checkSide(method: string, name: string, side: number, { width, height }: Size): void {
  checkWhole(method, name, side)
  if (side <= Math.min(width, height)) return
  throw new InputError(
    `${method}: a ${name} of ${side}x${side} pixels does not fit in the image of ${width}x${height}; expected ${name} from 1 to ${Math.min(width, height)}`,
  )
}

/** Squares every `stride` pixels, the last of each row and column moved back so that it ends with the image. */
export function slidingBlocks({ width, height }: Size, side: number, stride: number): Block[] {
  const starts = (length: number): number[] => {
    const last = length - side
    return [...Array.from({ length: Math.ceil(last / stride) }, (_, i) => i * stride), last]
  }
  return starts(height).flatMap((y) => starts(width).map((x) => ({ x, y, width: side, height: side })))
}

/** The image cut into squares from its top left corner; what is left at the right and the bottom is cut smaller. */
export function tilingBlocks({ width, height }: Size, side: number): Block[] {
  const starts = (length: number): number[] => Array.from({ length: Math.ceil(length / side) }, (_, i) => i * side)
  return starts(height).flatMap((y) =>
    starts(width).map((x) => ({ x, y, width: Math.min(side, width - x), height: Math.min(side, height - y) })),
  )
}

/** Calls `each` with the number of every pixel of a block in an image of this width. */
export function eachPixel(block: Block, width: number, each: (pixel: number) => void): void {
  for (let y = block.y; y < block.y + block.height; y++)
    for (let x = block.x; x < block.x + block.width; x++) each(y * width + x)
}
