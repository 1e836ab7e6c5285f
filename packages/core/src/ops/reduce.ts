import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { ReduceAttributes } from '../kernels/attributes.ts'
import { reduceKernel } from '../kernels/reduce.wgsl.ts'
import { reduce as reduceReference } from '../reference/reduce.ts'
import type { Shape } from '../shape.ts'
import { broadcastTo, div, equal, mul } from './elementwise.ts'
import { reshape } from './reshape.ts'

/** Sum, minimum or maximum over axes that stay as size one. */
export const reduceOp: Op<ReduceAttributes> = {
  name: 'reduce',
  shape: ([input = []], { axes }) => input.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  gradient: (result, gradient, { kind, axes }) =>
    result.inputs.map((input) => {
      if (kind === 'sum') return broadcastTo(gradient, input.shape)
      // Elements that share the extreme value share its gradient evenly, as in PyTorch's amax and amin.
      const extreme = equal(input, result)
      return mul(extreme, div(gradient, sum(extreme, axes)))
    }),
  reference: reduceReference,
  headedKernel: reduceKernel,
}

const normalAxes = (x: Tensor, axes: readonly number[] | undefined): readonly number[] => {
  const all = x.shape.map((_, axis) => axis)
  if (axes === undefined) return all
  for (const axis of axes) {
    if (!all.includes(axis)) throw new ShapeError(`there is no axis ${axis} in a tensor of rank ${all.length}`)
  }
  return all.filter((axis) => axes.includes(axis))
}

/** Elements that one reduction takes before it is split in two, so that more than one workgroup has work. */
const SPLIT_ABOVE = 1024

function reduced(kind: ReduceAttributes['kind'], x: Tensor, axes: readonly number[]): Tensor {
  const open = axes.filter((axis) => x.shape[axis] !== 1)
  if (open.length === 0) return x
  const count = open.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1)
  const [first = 0, ...rest] = open
  if (rest.length === 0 || count <= SPLIT_ABOVE) return apply(reduceOp, [x], { kind, axes: open })
  return apply(reduceOp, [apply(reduceOp, [x], { kind, axes: rest })], { kind, axes: [first] })
}

interface ReduceOptions {
  /** Keep the reduced axes as size one, as NumPy's keepdims; default true. */
  readonly keepAxes?: boolean
}

function reduction(
  kind: ReduceAttributes['kind'],
  x: Tensor,
  axes: readonly number[] | undefined,
  options: ReduceOptions,
): Tensor {
  const chosen = normalAxes(x, axes)
  const result = reduced(kind, x, chosen)
  if (options.keepAxes ?? true) return result
  return reshape(result, withoutAxes(x.shape, chosen))
}

const withoutAxes = (shape: Shape, axes: readonly number[]): Shape => shape.filter((_, axis) => !axes.includes(axis))

/** Sum over `axes` (all when absent), in a fixed order. */
export const sum = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor =>
  reduction('sum', x, axes, options)
/** Smallest element over `axes` (all when absent). */
export const min = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor =>
  reduction('min', x, axes, options)
/** Largest element over `axes` (all when absent). */
export const max = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor =>
  reduction('max', x, axes, options)
/** Arithmetic mean over `axes` (all when absent). */
export function mean(x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor {
  const count = normalAxes(x, axes).reduce((product, axis) => product * (x.shape[axis] ?? 1), 1)
  return mul(sum(x, axes, options), 1 / count)
}
