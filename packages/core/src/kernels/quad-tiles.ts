import { QUAD, quadLanes } from './conv2d-quad-lanes.ts'
import type { QuadTile } from './conv2d-quads.wgsl.ts'
import { fixedSubgroupSize } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec } from './convolution.ts'
import type { AdapterTraits } from './kernel.ts'
import { largeWork } from './software-adapters.ts'

/** What one lane costs lavapipe, in instructions: to load 1, 2 or 4 floats at once, or to be kept from it. */
const LOAD = { 1: 14, 2: 20, 4: 36, none: 3 } as const
/** The same for a pixel beside the lane's own, which lies on another cache line and behind a branch. */
const LOAD_BESIDE = 40
/** What a multiply-add of a whole vector costs beside such an instruction: fitted to timings of seven tiles. */
const MULTIPLY_ADD = 10

/** Unrolled multiply-adds that compile in half a second on lavapipe, and those that take twice as long. */
const FEW_UNROLLED = 300
const MANY_UNROLLED = 600
const MOST_UNROLLED = 1200
/** Operations below which a convolution is over before a larger kernel would be compiled. */
const SMALL_WORK = 2e7
/** Candidates that the autotuner may try. */
const MOST_TILES = 3

/** Tiles for lanes of four pixels, by their estimated cost for each useful product. None where such lanes do not apply. */
export function quadTiles(spec: ConvolutionSpec, adapter: AdapterTraits): QuadTile[] {
  const lanes = fixedSubgroupSize(adapter) ?? 0
  const { n, c, k, oh, ow, r, s } = spec
  const work = 2 * n * c * k * oh * ow * r * s
  if (work < SMALL_WORK) return cheapest(spec, lanes, FEW_UNROLLED).slice(0, MOST_TILES)
  const many = cheapest(spec, lanes, MANY_UNROLLED).slice(0, MOST_TILES - 1)
  const most = cheapest(spec, lanes, MOST_UNROLLED).slice(0, 1)
  return work < largeWork(adapter) ? [...many, ...most] : [...most, ...many]
}

function cheapest(spec: ConvolutionSpec, lanes: number, mostUnrolled: number): QuadTile[] {
  const { k, r, s } = spec
  const powers = Array.from({ length: Math.log2(Math.max(lanes, 1)) + 1 }, (_, i) => 2 ** i)
  return (k === 1 ? [1] : k <= 4 ? [4] : [4, 8, 16])
    .flatMap((channels) =>
      [1, 2, 3, 4, 6, 7, 8].flatMap((rows) => powers.map((across) => ({ channels, rows, across }))),
    )
    .filter(({ channels, rows }) => channels * rows * QUAD * r * s <= mostUnrolled)
    .map((tile) => ({ tile, cost: costOf(tile, spec, lanes) }))
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((a, b) => a.cost - b.cost)
    .map(({ tile }) => tile)
}

/** Instructions for each useful multiply-add of a vector. */
function costOf({ channels, rows, across }: QuadTile, spec: ConvolutionSpec, count: number): number {
  const { w, k, oh, ow, r, s, dilation } = spec
  const lanes = quadLanes(spec, count, across)
  if (lanes === undefined) return Number.POSITIVE_INFINITY
  const taps = r * s
  const width = channels === 1 ? 1 : 4
  const weights = Math.ceil((channels * taps) / width) * LOAD[width] + channels * taps
  const own = w % 4 === 0 ? LOAD[4] : w % 2 === 0 ? 2 * LOAD[2] : 4 * LOAD[1]
  const atEdge = count / across
  const beside = (s - 1) * dilation[1] * (atEdge * LOAD_BESIDE + (count - atEdge) * LOAD.none)
  const inputs = (rows + (r - 1) * dilation[0]) * (own * count + beside)
  const products = channels * rows * QUAD * taps
  const covered = Math.ceil(k / channels) * channels * Math.ceil(oh / rows) * rows * lanes.tiles * across * QUAD
  return ((MULTIPLY_ADD * products + weights + inputs) / products) * (covered / (k * oh * ow))
}
