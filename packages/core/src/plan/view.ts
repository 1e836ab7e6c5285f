import type { Op, Tensor } from '../graph/tensor.ts'
import { reshapeOp } from '../ops/reshape.ts'

/** Whether a tensor is only another shape of its input's memory. */
export const isView = (tensor: Tensor): boolean => tensor.op === (reshapeOp as Op)

/** The tensor whose memory a view shows: the tensor itself when it is no view. */
export function sourceOf(tensor: Tensor): Tensor {
  let source = tensor
  while (isView(source) && source.inputs[0] !== undefined) source = source.inputs[0]
  return source
}

/** Whether a tensor holds its value before the program starts. */
export const isLeaf = (tensor: Tensor): boolean =>
  tensor.inputs.length === 0 && (tensor.op.name === 'input' || tensor.op.name === 'variable')
