import type { Tensor } from '../graph/tensor.ts'
import type { MatmulAttributes, PoolAttributes } from '../kernels/attributes.ts'
import type { Conv2dAttributes, ConvolutionSpec } from '../kernels/convolution.ts'
import type { Group } from '../plan/fuse.ts'
import { type Shape, sizeOf } from '../shape.ts'

/** What a kernel has to do, whichever way it does it. */
export interface Work {
  /** Floating-point operations; a multiply-add counts as two. */
  readonly operations: number
  /** Compulsory traffic: every operand that is read or written counted once, however often the kernel loads it. */
  readonly bytes: number
}

/**
 * The work of a fused group. Convolutions and their gradients count as the direct algorithm computes them, so that faster
 * algorithms show as higher rates; element-wise operations, reductions and poolings count one for every element.
 * @param bytesOf bytes of a tensor in memory.
 */
export function workOf(group: Group, bytesOf: (tensor: Tensor) => number): Work {
  const inside = [group.anchor, ...group.beside, ...group.head, ...group.members].filter((each) => each !== undefined)
  return {
    operations: total(inside.map(operationsOf)),
    bytes: total([...group.reads, ...group.stores].map(bytesOf)),
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** Multiply-adds of a convolution by the direct algorithm, counted as two operations; both gradients take as many. */
export const convolutionOperations = ({
  n,
  k,
  oh,
  ow,
  c,
  r,
  s,
}: Omit<ConvolutionSpec, keyof Conv2dAttributes>): number => 2 * n * k * oh * ow * c * r * s

/** Ops that only move values, and those around a product that counts as all of a convolution. */
const UNCOUNTED: ReadonlySet<string> = new Set([
  'fill',
  'broadcast',
  'copy',
  'stopGradient',
  'arrangeWeights',
  'pixelShuffle',
  'pixelUnshuffle',
  'concat',
  'slice',
  'pad',
  'upsampleNearest',
  'maxPool2dGather',
  'winogradInput',
  'winogradWeights',
  'winogradOutput',
  'winogradGradient',
  'winogradGradientOutput',
])

/** Weights times values of the four pixels around a place. */
const BILINEAR_OPERATIONS = 2 * 4

/** Floating-point operations of one node. */
export function operationsOf(tensor: Tensor): number {
  const { op, inputs, shape, attributes } = tensor
  if (UNCOUNTED.has(op.name)) return 0
  const sizes = [tensor, ...inputs].map((each) => sizeOf(each.shape))
  if (isConvolution(attributes)) return convolutionOperations(attributes.spec)
  switch (op.name) {
    case 'conv2d':
      return filtering(shape, inputs[1]?.shape)
    case 'conv2dInputGradient':
      return filtering(inputs[0]?.shape, inputs[1]?.shape)
    case 'conv2dWeightGradient':
      return filtering(inputs[1]?.shape, shape)
    case 'matmul': {
      const { transposeA } = attributes as MatmulAttributes
      return 2 * sizeOf(shape) * (inputs[0]?.shape.at(transposeA ? -2 : -1) ?? 1)
    }
    case 'maxPool2d':
    case 'maxPool2dGradient':
    case 'avgPool2d':
    case 'avgPool2dGradient': {
      const { size } = attributes as PoolAttributes
      // The pooled image is the smallest tensor, in both directions.
      return Math.min(...sizes) * size[0] * size[1]
    }
    case 'resizeBilinear':
    case 'resizeBilinearGradient':
      return BILINEAR_OPERATIONS * sizeOf((op.name === 'resizeBilinear' ? shape : inputs[0]?.shape) ?? [])
    case 'reduce':
    case 'partialMoments':
    case 'momentOfParts':
    case 'upsampleNearestGradient':
      return total(sizes.slice(1))
    default:
      return sizeOf(shape)
  }
}

/** Operations of a convolution with outputs [n, k, oh, ow] and weights [k, c, r, s]. */
const filtering = (outputs: Shape = [], weights: Shape = []): number => 2 * sizeOf(outputs) * sizeOf(weights.slice(1))

/** Whether attributes are those of a lowered convolution or weight gradient. */
function isConvolution(attributes: unknown): attributes is { readonly spec: ConvolutionSpec } {
  if (typeof attributes !== 'object' || attributes === null || !('spec' in attributes)) return false
  const { spec } = attributes
  return typeof spec === 'object' && spec !== null && 'oh' in spec && 'ow' in spec
}
