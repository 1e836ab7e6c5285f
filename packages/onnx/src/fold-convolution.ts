import type { Tensor, Values } from '@noisescope/core'

/** A convolution with what stands behind it multiplied and added into its weights. */
export interface FoldedConvolution {
  readonly convolution: Tensor
  readonly x: Tensor
  readonly weights: { readonly shape: readonly number[]; readonly data: Float64Array }
  /** One for each output channel; absent where nothing is added. */
  readonly bias: Float64Array | undefined
}

interface Affine {
  readonly convolution: Tensor
  readonly scale: Float64Array
  readonly offset: Float64Array
}

interface Surroundings {
  readonly constants: ReadonlyMap<Tensor, Values>
  /** How many tensors use a tensor: one that is used twice keeps its own values. */
  readonly uses: ReadonlyMap<Tensor, number>
}

/**
 * The convolution with constant weights that ends in `tensor` through multiplications and additions of constants for each
 * channel, which is what a bias and batch norm at inference are; undefined when there is none.
 *
 * s (w * x) + o = (s w) * x + o for each output channel
 */
export function foldedConvolution(tensor: Tensor, surroundings: Surroundings): FoldedConvolution | undefined {
  const affine = affineOf(tensor, surroundings)
  if (affine === undefined) return undefined
  const { convolution, scale, offset } = affine
  const [x, weights] = convolution.inputs
  const stored = weights && surroundings.constants.get(weights)
  if (x === undefined || stored === undefined) return undefined
  const perChannel = stored.data.length / scale.length
  return {
    convolution,
    x,
    weights: {
      shape: stored.shape,
      data: Float64Array.from(stored.data, (value, i) => value * (scale[Math.floor(i / perChannel)] as number)),
    },
    bias: offset.some((value) => value !== 0) ? offset : undefined,
  }
}

function affineOf(tensor: Tensor, surroundings: Surroundings): Affine | undefined {
  const { constants, uses } = surroundings
  const [a, b] = tensor.inputs
  if (a === undefined || b === undefined) return undefined
  if (tensor.op.name === 'conv2d') {
    const [channels = 0] = b.shape
    if (!constants.has(b)) return undefined
    return { convolution: tensor, scale: new Float64Array(channels).fill(1), offset: new Float64Array(channels) }
  }
  const [inner, constant] = constants.has(b) ? [a, constants.get(b)] : [b, constants.get(a)]
  if (constant === undefined || uses.get(inner) !== 1) return undefined
  const affine = affineOf(inner, surroundings)
  const values = affine && perChannel(constant, affine.scale.length)
  if (affine === undefined || values === undefined) return undefined
  const { convolution, scale, offset } = affine
  const at = (i: number): number => values[i] as number
  switch (tensor.op.name) {
    case 'add':
      return { convolution, scale, offset: offset.map((value, i) => value + at(i)) }
    case 'mul':
      return {
        convolution,
        scale: scale.map((value, i) => value * at(i)),
        offset: offset.map((value, i) => value * at(i)),
      }
    default:
      return undefined
  }
}

/** A constant that is one value, or one for each channel [1, c, 1, 1], as one for each channel. */
function perChannel({ shape, data }: Values, channels: number): Float64Array | undefined {
  if (data.length === 1) return new Float64Array(channels).fill(data[0] as number)
  const ofChannels = data.length === channels && shape.length === 4 && shape[1] === channels
  return ofChannels ? Float64Array.from(data) : undefined
}
