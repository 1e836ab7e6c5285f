import { sizeOf } from '../shape.ts'
import { fixedSubgroupSize } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec, WinogradAlgorithm, WinogradGradientAlgorithm } from './convolution.ts'
import type { AdapterTraits } from './kernel.ts'
import { isSwiftShader, largeWork } from './software-adapters.ts'
import { type WinogradSize, winogradApplies, winogradPlan } from './winograd.ts'
import { winogradLaneProduct } from './winograd-product-lanes.wgsl.ts'
import { winogradTileProduct } from './winograd-product-tiles.wgsl.ts'
import { winogradGradientProduct } from './winograd-weight-gradient.wgsl.ts'

/** The transformed input and the products take more memory than they are worth beyond this, each. */
const MOST_TRANSFORMED_BYTES = 64 * 2 ** 20
/** Fewer channels leave most of the work to the transforms. */
const FEWEST_CHANNELS = 8
/**
 * c k / (c + k) times the share of the tiles inside the image, above which tiles of four beat a direct sum. On SwiftShader
 * products cost more beside loads.
 */
const FEW_TRANSFORMS = { lavapipe: 20, swiftShader: 8 } as const

/** Winograd's ways to compute a convolution on an adapter, best guess first; none where they do not apply. */
export function winogradAlgorithms(spec: ConvolutionSpec, adapter: AdapterTraits): WinogradAlgorithm[] {
  const { c, k } = spec
  if (!winogradApplies(spec) || Math.min(c, k) < FEWEST_CHANNELS) return []
  const lanes = fixedSubgroupSize(adapter)
  const all =
    adapter.kind === 'software' && lanes !== undefined
      ? [winogradByLanes(4, k < 32 ? 16 : 32, 8), winogradByLanes(2, 16, 4)]
      : ([4, 2] as const).map((size) => winogradByTiles(size, { channelQuads: k > 32 ? 2 : 1, groups: 4 }))
  return all.filter(({ size, block }) => {
    const { input, products } = winogradPlan(spec, size, block)
    return Math.max(sizeOf(input), sizeOf(products)) * 4 <= MOST_TRANSFORMED_BYTES
  })
}

/** Whether tiles of four are the best guess on a software adapter, where they are among the algorithms. */
export function winogradPays({ n, c, k, oh, ow, r, s }: ConvolutionSpec, adapter: AdapterTraits): boolean {
  const filled = (oh * ow) / (Math.ceil(oh / 4) * Math.ceil(ow / 4) * 16)
  const least = FEW_TRANSFORMS[isSwiftShader(adapter) ? 'swiftShader' : 'lavapipe']
  return 2 * n * c * k * oh * ow * r * s >= largeWork(adapter) && ((c * k) / (c + k)) * filled >= least
}

/** Winograd's way to compute a weight gradient, on software adapters with one subgroup size that its channels fill by half. */
export function winogradGradientAlgorithms(spec: ConvolutionSpec, adapter: AdapterTraits): WinogradGradientAlgorithm[] {
  const { c, k } = spec
  const lanes = fixedSubgroupSize(adapter)
  if (adapter.kind === 'hardware' || lanes === undefined || !winogradApplies(spec)) return []
  if (k < FEWEST_CHANNELS || c < 2 * lanes) return []
  const { input, tiles } = winogradPlan(spec, 4, 4)
  const bytes = Math.max(sizeOf(input), 36 * tiles * k) * 4
  return bytes <= MOST_TRANSFORMED_BYTES ? [winogradGradientByLanes(16)] : []
}

/** Each workgroup takes `outputs` output channels, and four input channels for each lane. */
export function winogradGradientByLanes(outputs: number): WinogradGradientAlgorithm {
  const name = `winograd 4 lanes ${outputs}`
  return {
    name,
    size: 4,
    product(spec, plan, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined) throw new RangeError(`${name} does not apply: it needs one subgroup size`)
      return winogradGradientProduct(spec, plan, lanes, outputs, tail)
    },
  }
}

/** Products by subgroups: each lane takes `groups` tiles of `block` output channels. */
export function winogradByLanes(size: WinogradSize, block: number, groups: number): WinogradAlgorithm {
  const name = `winograd ${size} lanes ${block}x${groups}`
  return {
    name,
    size,
    block,
    product(plan, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined) throw new RangeError(`${name} does not apply: it needs one subgroup size`)
      return winogradLaneProduct(plan, lanes, groups, tail)
    },
  }
}

/** Products by tiles in workgroup memory: each thread takes `groups` tiles of `channelQuads` x 4 output channels. */
export function winogradByTiles(
  size: WinogradSize,
  { channelQuads, groups }: { readonly channelQuads: number; readonly groups: number },
): WinogradAlgorithm {
  const block = 32 * channelQuads
  return {
    name: `winograd ${size} tiles ${block}x${8 * groups}`,
    size,
    block,
    product: (plan, adapter, tail) => winogradTileProduct(plan, { channelQuads, groups }, adapter, tail),
  }
}
