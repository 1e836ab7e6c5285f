/** A linear transform of `size` values and its inverse: square matrices, row by row. */
export interface LinearTransform {
  readonly size: number
  readonly forward: Float64Array
  readonly inverse: Float64Array
}

/** The orthonormal discrete cosine transform, type II: c(k, i) = s(k) cos(pi k (2i + 1) / 2n). */
export function dct(size: number): LinearTransform {
  const forward = new Float64Array(size * size)
  for (let k = 0; k < size; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / size)
    for (let i = 0; i < size; i++) forward[k * size + i] = scale * Math.cos((Math.PI * k * (2 * i + 1)) / (2 * size))
  }
  return { size, forward, inverse: transpose(forward, size) }
}

/** Low-pass of the biorthogonal spline wavelet 1.5 (Cohen, Daubechies and Feauveau 1992, table 6.1), up to a factor. */
const SPLINE_LOW_PASS = [3, -3, -22, 22, 128, 128, 22, -22, -3, 3]

/** Taps of it that lie before the pair of values that it smooths. */
const TAPS_BEFORE = 4

/**
 * The biorthogonal spline wavelet 1.5 down to a single mean, periodic, its rows scaled to length 1 so that white noise keeps
 * its deviation in every coefficient; not orthogonal, so the inverse is another matrix.
 * @param size a power of two
 */
export function biorthogonal(size: number): LinearTransform {
  let smooth: Float64Array[] = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
  )
  const rows: Float64Array[] = []
  while (smooth.length > 1) {
    const fine = smooth
    const at = (i: number): Float64Array => fine[(i + fine.length) % fine.length] as Float64Array
    const pairs = Array.from({ length: fine.length / 2 }, (_, k) => 2 * k)
    rows.unshift(...pairs.map((i) => combine([at(i), at(i + 1)], [1, -1])))
    smooth = pairs.map((i) =>
      combine(
        SPLINE_LOW_PASS.map((_, tap) => at((i + tap - TAPS_BEFORE) % fine.length)),
        SPLINE_LOW_PASS,
      ),
    )
  }
  const forward = Float64Array.from([...smooth, ...rows].flatMap((row) => [...normalise(row)]))
  return { size, forward, inverse: invert(forward, size) }
}

function combine(rows: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0)
  rows.forEach((row, r) => {
    for (const [i, value] of row.entries()) sum[i] = (sum[i] as number) + (weights[r] as number) * value
  })
  return sum
}

function normalise(row: Float64Array): Float64Array {
  const length = Math.hypot(...row)
  return row.map((value) => value / length)
}

function transpose(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)] as number)
}

/** The inverse of a regular matrix, by Gauss and Jordan's elimination with the largest pivot. */
function invert(matrix: Float64Array, size: number): Float64Array {
  const rows = Array.from({ length: size }, (_, r) => [
    ...matrix.subarray(r * size, (r + 1) * size),
    ...Array.from({ length: size }, (_, c) => (c === r ? 1 : 0)),
  ])
  const entry = (row: readonly number[], column: number): number => row[column] as number
  for (let column = 0; column < size; column++) {
    const below = rows.slice(column)
    const pivot = below.reduce((best, row) =>
      Math.abs(entry(row, column)) > Math.abs(entry(best, column)) ? row : best,
    )
    rows.splice(rows.indexOf(pivot), 1)
    rows.splice(
      column,
      0,
      pivot.map((value) => value / entry(pivot, column)),
    )
    const unit = rows[column] as number[]
    for (const row of rows) {
      if (row === unit) continue
      const factor = entry(row, column)
      for (const [c, value] of unit.entries()) row[c] = entry(row, c) - factor * value
    }
  }
  return Float64Array.from(rows.flatMap((row) => row.slice(size)))
}
