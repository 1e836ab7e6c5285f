import type { ConvolutionSpec } from './convolution.ts'
import { extentOf, THREADS, type WeightGradientTile } from './weight-gradient-gemm.wgsl.ts'

/** Tiles of 64x64, 32x64, 32x32, 64x16, 16x64 and 4x256: the narrow ones for few input or output channels. */
const TILES: readonly WeightGradientTile[] = [
  { threadsDown: 8, outputQuads: 2, columnQuads: 2 },
  { threadsDown: 8, outputQuads: 1, columnQuads: 2 },
  { threadsDown: 8, outputQuads: 1, columnQuads: 1 },
  { threadsDown: 16, outputQuads: 1, columnQuads: 1 },
  { threadsDown: 4, outputQuads: 1, columnQuads: 1 },
  { threadsDown: 1, outputQuads: 1, columnQuads: 1 },
]

/** Candidates that the autotuner may try. */
const MOST_TILES = 2

/** The cheapest tiles for the weight gradient of a convolution, best first. */
export function weightGradientTiles(spec: ConvolutionSpec): WeightGradientTile[] {
  return TILES.toSorted((a, b) => costOf(a, spec) - costOf(b, spec)).slice(0, MOST_TILES)
}

/**
 * What each thread does for a pixel, over all tiles: reads of vectors from workgroup memory, which last as long as the
 * products of one square of four, and loads of single numbers into it, which last about as long with their addresses.
 */
function costOf(tile: WeightGradientTile, { c, k, r, s }: ConvolutionSpec): number {
  const { outputs, columns } = extentOf(tile)
  const tiles = Math.ceil(k / outputs) * Math.ceil((c * r * s) / columns)
  return tiles * (tile.outputQuads + tile.columnQuads + (outputs + columns) / THREADS)
}
