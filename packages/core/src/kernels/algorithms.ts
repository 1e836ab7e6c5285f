import { directConvolution } from './conv2d-direct.wgsl.ts'
import { gemmConvolution } from './conv2d-gemm.wgsl.ts'
import { quadConvolution } from './conv2d-quads.wgsl.ts'
import { fixedSubgroupSize, rowLanesApply } from './conv2d-row-lanes.ts'
import type {
  ConvolutionAlgorithm,
  ConvolutionSpec,
  WeightGradientAlgorithm,
  WinogradAlgorithm,
  WinogradGradientAlgorithm,
} from './convolution.ts'
import type { AdapterTraits } from './kernel.ts'
import { quadTiles } from './quad-tiles.ts'
import { type ChannelTile, channelWeightGradient } from './weight-gradient-channels.wgsl.ts'
import { directWeightGradient } from './weight-gradient-direct.wgsl.ts'
import { gemmWeightGradient } from './weight-gradient-gemm.wgsl.ts'
import { subgroupWeightGradient } from './weight-gradient-subgroup.wgsl.ts'
import { weightGradientTiles } from './weight-gradient-tiles.ts'
import { winogradAlgorithms, winogradGradientAlgorithms, winogradPays } from './winograd-algorithms.ts'

/** Unrolled multiply-adds beyond which a first compilation takes more than about a second on lavapipe. */
const MOST_UNROLLED = 300
/** Sums of one thread beyond which the same happens. */
const MOST_SUMS = 64

export interface AlgorithmOptions {
  /** Whether Winograd's algorithms may be used. Default true. */
  readonly winograd?: boolean
}

/** The ways to compute a convolution on an adapter, best guess first; each is right for this convolution. */
export function forwardAlgorithms(
  spec: ConvolutionSpec,
  adapter: AdapterTraits,
  { winograd = true }: AlgorithmOptions = {},
): (ConvolutionAlgorithm | WinogradAlgorithm)[] {
  const { c, k, r, s } = spec
  const direct = directConvolution(k === 1 ? 1 : k <= 4 ? 4 : 8)
  const gemms = gemmTiles(k)
  const transformed = winograd && spec.scale === undefined ? winogradAlgorithms(spec, adapter) : []
  if (adapter.kind === 'hardware')
    return k <= 4 || c * r * s < 16 ? [direct, ...gemms] : [...gemms, ...transformed, direct]
  const quads = quadTiles(spec, adapter).map(quadConvolution)
  if (quads.length === 0) return [...gemms.slice(-1), ...transformed, direct]
  return winogradPays(spec, adapter) ? [...transformed, ...quads, direct] : [...quads, ...transformed, direct]
}

/** Large tiles first; none where the weights would fill less than half of the smallest. */
function gemmTiles(k: number): ConvolutionAlgorithm[] {
  return [
    ...(k > 32 ? [gemmConvolution({ threadsDown: 8, channelQuads: 2, pixelQuads: 2 })] : []),
    ...(k > 16 ? [gemmConvolution({ threadsDown: 8, channelQuads: 1, pixelQuads: 1 })] : []),
    ...(k > 4 && k <= 16 ? [gemmConvolution({ threadsDown: 4, channelQuads: 1, pixelQuads: 1 })] : []),
  ]
}

/** The ways to compute a weight gradient on an adapter, best guess first; each is right for this convolution. None for an upsampling in the loads, where no fast algorithm has one. */
export function weightGradientAlgorithms(
  spec: ConvolutionSpec,
  adapter: AdapterTraits,
  { winograd = true }: AlgorithmOptions = {},
): (WeightGradientAlgorithm | WinogradGradientAlgorithm)[] {
  const { c, k, r, s } = spec
  if (spec.scale !== undefined) return channelAlgorithms(spec, adapter)
  const gemms = weightGradientTiles(spec).map(gemmWeightGradient)
  // With one output a tile would be empty but for one row in four.
  if (adapter.kind === 'hardware') return k === 1 ? [directWeightGradient, ...gemms] : [...gemms, directWeightGradient]
  if (!rowLanesApply(spec, adapter) || r * s > MOST_UNROLLED)
    return k <= 4 || c * r * s < 16 ? [directWeightGradient] : [...gemms.slice(0, 1), directWeightGradient]
  const pairs = Math.max(1, Math.floor(72 / (r * s)))
  const tile =
    c === 1
      ? { outputs: Math.min(k, pairs), inputs: 1 }
      : k === 1
        ? { outputs: 1, inputs: Math.min(c, pairs) }
        : pairs >= 8
          ? { outputs: 4, inputs: 2 }
          : { outputs: pairs, inputs: 1 }
  const transformed = winograd ? winogradGradientAlgorithms(spec, adapter) : []
  return [
    ...(winogradPays(spec, adapter) ? transformed : []),
    ...channelAlgorithms(spec, adapter),
    ...(winogradPays(spec, adapter) ? [] : transformed),
    subgroupWeightGradient({ ...tile, rows: 2, columns: 1 }),
    directWeightGradient,
  ]
}

/** Those with lanes as input channels, where these fill at least half of the lanes of a software adapter. */
const channelAlgorithms = (spec: ConvolutionSpec, adapter: AdapterTraits): WeightGradientAlgorithm[] =>
  adapter.kind === 'software' && rowLanesApply(spec, adapter)
    ? channelTiles(spec, adapter).map(channelWeightGradient)
    : []

/** Their tiles. */
function channelTiles({ c, k, r, s, dilation }: ConvolutionSpec, adapter: AdapterTraits): ChannelTile[] {
  const lanes = fixedSubgroupSize(adapter)
  const fits = ({ outputs, rows }: ChannelTile): boolean =>
    outputs * r * s <= MOST_SUMS + 8 &&
    outputs * rows * r * s <= MOST_UNROLLED &&
    (rows + (r - 1) * dilation[0]) * ((s - 1) * dilation[1] + 1) <= MOST_SUMS
  if (lanes === undefined || 2 * c < lanes) return []
  return (
    k === 1
      ? [{ outputs: 1, rows: 6 }]
      : k < 8
        ? [{ outputs: 4, rows: 2 }]
        : [
            { outputs: 8, rows: 2 },
            { outputs: 4, rows: 2 },
          ]
  ).filter(fits)
}
