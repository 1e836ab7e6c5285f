import type { LinearTransform } from './transforms.ts'

/**
 * Transforms each of the first `count` square blocks of `blocks` in place, rows and columns: B <- M B M^T.
 * @param matrix `size` x `size`, a transform's `forward` or `inverse`
 */
export function transformBlocks(
  blocks: Float64Array,
  count: number,
  matrix: Float64Array,
  { size }: LinearTransform,
): void {
  const area = size * size
  const half = new Float64Array(area)
  for (let start = 0; start < count * area; start += area) {
    multiply(blocks, start, matrix, size, half, 0)
    multiply(half, 0, matrix, size, blocks, start)
  }
}

/** target <- (M source)^T, so that doing it twice is M B M^T. */
function multiply(
  source: Float64Array,
  sourceStart: number,
  matrix: Float64Array,
  size: number,
  target: Float64Array,
  targetStart: number,
): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0
      for (let i = 0; i < size; i++) {
        sum += (matrix[row * size + i] as number) * (source[sourceStart + i * size + column] as number)
      }
      target[targetStart + column * size + row] = sum
    }
  }
}

/**
 * Haar's transform, orthonormal and down to a single mean, along a group of `count` blocks of `area` values each, in place.
 * @param count a power of two
 */
export function haar(group: Float64Array, count: number, area: number): void {
  for (let stride = 1; stride < count; stride *= 2) butterflies(group, count, area, stride)
}

/** The inverse of `haar`: the same butterflies, each its own inverse, in the opposite order. */
export function inverseHaar(group: Float64Array, count: number, area: number): void {
  for (let stride = count / 2; stride >= 1; stride /= 2) butterflies(group, count, area, stride)
}

/** (a, b) <- (a + b, a - b) / sqrt 2 for the pairs of blocks `stride` apart that hold the means of this level. */
function butterflies(group: Float64Array, count: number, area: number, stride: number): void {
  for (let block = 0; block < count; block += 2 * stride) {
    const first = block * area
    const second = (block + stride) * area
    for (let i = 0; i < area; i++) {
      const a = group[first + i] as number
      const b = group[second + i] as number
      group[first + i] = (a + b) * Math.SQRT1_2
      group[second + i] = (a - b) * Math.SQRT1_2
    }
  }
}
