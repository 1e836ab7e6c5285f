import type { MatmulAttributes } from '../kernels/attributes.ts'
import { elementAt, pairOf, tensorOf } from './indexing.ts'
import type { Values } from './values.ts'

/**
 * Matrix products a [.., m, k] times b [.., k, n] over equal leading sizes; a transposed operand is stored [.., k, m] or
 * [.., n, k].
 */
export function matmul(inputs: readonly Values[], { transposeA, transposeB }: MatmulAttributes): Values {
  const [a, b] = pairOf(inputs)
  const leading = a.shape.slice(0, -2)
  const rows = a.shape.at(transposeA ? -1 : -2) as number
  const inner = a.shape.at(transposeA ? -2 : -1) as number
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  return tensorOf([...leading, rows, columns], (...at) => {
    const batch = at.slice(0, -2)
    const [row, column] = at.slice(-2) as [number, number]
    let sum = 0
    for (let k = 0; k < inner; k++) {
      const left = elementAt(a, [...batch, ...(transposeA ? [k, row] : [row, k])])
      const right = elementAt(b, [...batch, ...(transposeB ? [column, k] : [k, column])])
      sum += left * right
    }
    return sum
  })
}
