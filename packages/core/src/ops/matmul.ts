import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { MatmulAttributes } from '../kernels/attributes.ts'
import { matmulKernel } from '../kernels/matmul.wgsl.ts'
import { matmul as matmulReference } from '../reference/matmul.ts'
import { sameShape, showShape } from '../shape.ts'

const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  shape: ([a = [], b = []], { transposeA, transposeB }) => {
    const [rowsA = 0, columnsA = 0] = transposeA ? a.slice(-2).reverse() : a.slice(-2)
    const [rowsB = 0, columnsB = 0] = transposeB ? b.slice(-2).reverse() : b.slice(-2)
    if (a.length < 2 || a.length !== b.length || !sameShape(a.slice(0, -2), b.slice(0, -2)) || columnsA !== rowsB) {
      throw new ShapeError(
        `${showShape(a)}${transposeA ? ' transposed' : ''} and ${showShape(b)}${transposeB ? ' transposed' : ''} cannot be multiplied`,
      )
    }
    return [...a.slice(0, -2), rowsA, columnsB]
  },
  gradient: ({ inputs: [a, b] }, dy, { transposeA, transposeB }) => {
    if (!a || !b) return []
    return [
      transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b, { transposeB: !transposeB }),
      transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, dy, { transposeA: !transposeA }),
    ]
  },
  reference: matmulReference,
  kernel: matmulKernel,
}

/** Matrix product of the last two axes, [.., m, k] by [.., k, n], either side transposed on the way. @throws ShapeError */
export const matmul = (
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Partial<MatmulAttributes> = {},
): Tensor => apply(matmulOp, [a, b], { transposeA, transposeB })
