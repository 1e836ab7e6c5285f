import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../shape.ts'

/** The planner gives a reshape the memory of its input, so it has no kernel. */
export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: 'reshape',
  shape: ([input = []], { shape }) => {
    if (sizeOf(input) !== sizeOf(shape))
      throw new ShapeError(
        `${showShape(input)} has ${sizeOf(input)} elements, ${showShape(shape)} has ${sizeOf(shape)}`,
      )
    return shape
  },
  gradient: (result, gradient) => result.inputs.map((input) => reshape(gradient, input.shape)),
  reference: ([input = { shape: [], data: new Float64Array(1) }], { shape }) => ({ shape, data: input.data }),
}

/** The same elements in row-major order under another shape. @throws ShapeError when the counts differ. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape })
}
