import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { ConcatAttributes, PadAttributes, ShuffleAttributes, SliceAttributes } from '../kernels/attributes.ts'
import {
  concatKernel,
  padGradientKernel,
  padKernel,
  pixelShuffleKernel,
  pixelUnshuffleKernel,
  sliceKernel,
} from '../kernels/rearrange.wgsl.ts'
import * as reference from '../reference/rearrange.ts'
import { padToFour, showShape } from '../shape.ts'

const pixelShuffleOp: Op<ShuffleAttributes> = {
  name: 'pixelShuffle',
  shape: ([x = []], { factor }) => {
    const [n, c, h, w] = padToFour(x)
    if (x.length !== 4 || c % factor ** 2 !== 0)
      throw new ShapeError(`x ${showShape(x)} needs a channel count divisible by ${factor ** 2}`)
    return [n, c / factor ** 2, h * factor, w * factor]
  },
  gradient: (_, dy, attributes) => [apply(pixelUnshuffleOp, [dy], attributes)],
  reference: reference.pixelShuffle,
  kernel: pixelShuffleKernel,
}

const pixelUnshuffleOp: Op<ShuffleAttributes> = {
  name: 'pixelUnshuffle',
  shape: ([x = []], { factor }) => {
    const [n, c, h, w] = padToFour(x)
    if (x.length !== 4 || h % factor !== 0 || w % factor !== 0)
      throw new ShapeError(`x ${showShape(x)} needs a height and width divisible by ${factor}`)
    return [n, c * factor ** 2, h / factor, w / factor]
  },
  gradient: (_, dy, attributes) => [apply(pixelShuffleOp, [dy], attributes)],
  reference: reference.pixelUnshuffle,
  kernel: pixelUnshuffleKernel,
}

/** [n, c*f*f, h, w] to [n, c, h*f, w*f] in PyTorch's channel order (Shi et al. 2016). @throws ShapeError */
export const pixelShuffle = (x: Tensor, factor: number): Tensor => apply(pixelShuffleOp, [x], { factor })
/** [n, c, h*f, w*f] to [n, c*f*f, h, w], the inverse of pixelShuffle. @throws ShapeError */
export const pixelUnshuffle = (x: Tensor, factor: number): Tensor => apply(pixelUnshuffleOp, [x], { factor })

/** Tensors that one concatenation kernel can bind. */
const CONCAT_INPUTS = 6

const concatOp: Op<ConcatAttributes> = {
  name: 'concat',
  shape: (inputs, { axis }) => {
    const [first = []] = inputs
    if (first[axis] === undefined) throw new ShapeError(`there is no axis ${axis} in ${showShape(first)}`)
    for (const input of inputs) {
      if (input.length !== first.length || input.some((size, i) => i !== axis && size !== first[i])) {
        throw new ShapeError(`${inputs.map(showShape).join(' and ')} differ in more than axis ${axis}`)
      }
    }
    return first.map((size, i) => (i === axis ? inputs.reduce((total, input) => total + (input[axis] ?? 0), 0) : size))
  },
  gradient: ({ inputs }, dy, { axis }) => {
    let offset = 0
    return inputs.map((input) => {
      const start = input.shape.map((_, i) => (i === axis ? offset : 0))
      offset += input.shape[axis] ?? 0
      return slice(dy, start, input.shape)
    })
  },
  reference: reference.concat,
  kernel: concatKernel,
}

/** The tensors one after another along `axis`. @throws ShapeError when they differ elsewhere. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors
  if (first === undefined) throw new ShapeError('concat needs at least one tensor')
  if (tensors.length === 1) return first
  if (tensors.length <= CONCAT_INPUTS) return apply(concatOp, tensors, { axis })
  return concat([apply(concatOp, tensors.slice(0, CONCAT_INPUTS), { axis }), ...tensors.slice(CONCAT_INPUTS)], axis)
}

const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  shape: ([x = []], { start, size }) => {
    if (
      start.length !== x.length ||
      size.length !== x.length ||
      x.some((extent, i) => (start[i] ?? -1) < 0 || (start[i] ?? 0) + (size[i] ?? 0) > extent)
    ) {
      throw new ShapeError(`a slice of ${showShape(size)} at ${start.join(', ')} does not lie in ${showShape(x)}`)
    }
    return size
  },
  gradient: ({ inputs: [x] }, dy, { start, size }) => [
    x &&
      pad(
        dy,
        start,
        x.shape.map((extent, i) => extent - (start[i] ?? 0) - (size[i] ?? 0)),
        'zero',
      ),
  ],
  reference: reference.slice,
  kernel: sliceKernel,
}

/** The part of `x` that begins at `start` and has shape `size`. @throws ShapeError when it is not inside. */
export const slice = (x: Tensor, start: readonly number[], size: readonly number[]): Tensor =>
  apply(sliceOp, [x], { start, size })

const padOp: Op<PadAttributes> = {
  name: 'pad',
  shape: ([x = []], { before, after, mode }) => {
    if (before.length !== x.length || after.length !== x.length)
      throw new ShapeError(`padding names ${before.length} and ${after.length} axes of ${showShape(x)}`)
    return x.map((extent, i) => {
      const [low = 0, high = 0] = [before[i], after[i]]
      if (low < 0 || high < 0) throw new ShapeError('padding must not be negative')
      if (mode === 'reflect' && Math.max(low, high) >= extent)
        throw new ShapeError(`reflecting ${Math.max(low, high)} needs more than ${extent} elements`)
      return extent + low + high
    })
  },
  gradient: ({ inputs: [x] }, dy, attributes) => [
    x && (attributes.mode === 'zero' ? slice(dy, attributes.before, x.shape) : apply(padGradientOp, [dy], attributes)),
  ],
  reference: reference.pad,
  kernel: padKernel,
}

const padGradientOp: Op<PadAttributes> = {
  name: 'padGradient',
  shape: ([dy = []], { before, after }) => dy.map((extent, i) => extent - (before[i] ?? 0) - (after[i] ?? 0)),
  gradient: (_, g, attributes) => [apply(padOp, [g], attributes)],
  reference: reference.padGradient,
  kernel: padGradientKernel,
}

/**
 * `x` with more elements around it, per axis: zeros, the mirrored inside ('reflect', edge not repeated), or the repeated edge.
 * @throws ShapeError
 */
export const pad = (
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  mode: PadAttributes['mode'] = 'zero',
): Tensor => apply(padOp, [x], { before, after, mode })
