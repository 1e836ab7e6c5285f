/** A matrix's first right singular vector, and how much of the matrix it stands for. */
export interface FirstSingularVector {
  /** v, of length 1; zeros where the matrix is zero. */
  readonly vector: Float64Array
  /** sigma_1^2 over the sum of all sigma^2, 0..1; 0 where the matrix is zero. */
  readonly share: number
}

/** Squarings of the Gram matrix at most: 2^50 steps of the power iteration tell apart what float64 can. */
const SQUARINGS = 50
/** Change of the power of the Gram matrix (of trace 1) by a squaring below which it has converged. */
const CONVERGED = 1e-13

/**
 * The first right singular vector of A, pixels x channels, without centring, by power iteration on its Gram matrix G = A^T A.
 * The steps double: G, G^2, G^4, ..., scaled to trace 1, converge to v v^T, whose largest column is v, so that no start
 * vector is chosen that could be orthogonal to it. The sign makes the sum of v's components positive, and with it the map A v
 * where the channels' sum is; where they cancel, the largest component.
 * NaN or infinity in A makes every component NaN.
 * @param data A^T row by row, [channels, pixels].
 */
export function firstSingularVector(data: ArrayLike<number>, channels: number): FirstSingularVector {
  const gram = gramMatrix(data, channels)
  const trace = traceOf(gram, channels)
  if (trace === 0) return { vector: new Float64Array(channels), share: 0 }
  if (!Number.isFinite(trace)) return { vector: new Float64Array(channels).fill(Number.NaN), share: Number.NaN }

  const scaled = gram.map((value) => value / trace)
  let power: Float64Array = scaled
  for (let step = 0; step < SQUARINGS; step++) {
    const next = squared(power, channels)
    const change = next.reduce((most, value, i) => Math.max(most, Math.abs(value - (power[i] as number))), 0)
    power = next
    if (change < CONVERGED) break
  }
  const vector = positive(largestColumn(power, channels))
  return { vector, share: quadraticForm(scaled, vector) }
}

function gramMatrix(data: ArrayLike<number>, channels: number): Float64Array {
  const pixels = data.length / channels
  const gram = new Float64Array(channels * channels)
  for (let a = 0; a < channels; a++) {
    for (let b = 0; b <= a; b++) {
      let total = 0
      for (let p = 0; p < pixels; p++) total += (data[a * pixels + p] as number) * (data[b * pixels + p] as number)
      gram[a * channels + b] = total
      gram[b * channels + a] = total
    }
  }
  return gram
}

function traceOf(matrix: Float64Array, size: number): number {
  let trace = 0
  for (let i = 0; i < size; i++) trace += matrix[i * size + i] as number
  return trace
}

/** The square of a symmetric matrix, scaled to trace 1. */
function squared(matrix: Float64Array, size: number): Float64Array {
  const square = gramMatrix(matrix, size)
  const trace = traceOf(square, size)
  return square.map((value) => value / trace)
}

/** The column with the largest diagonal element, scaled to length 1: of v v^T that is v or -v. */
function largestColumn(matrix: Float64Array, size: number): Float64Array {
  let largest = 0
  for (let i = 1; i < size; i++) {
    if ((matrix[i * size + i] as number) > (matrix[largest * size + largest] as number)) largest = i
  }
  const column = matrix.slice(largest * size, (largest + 1) * size)
  const length = Math.hypot(...column)
  return column.map((value) => value / length)
}

/** Components that add up to less than this, of a vector of length 1, cancel. */
const CANCELLED = 1e-9

function positive(vector: Float64Array): Float64Array {
  const total = vector.reduce((a, b) => a + b, 0)
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)
  const sign = Math.abs(total) > CANCELLED ? total : largest
  return sign < 0 ? vector.map((value) => -value) : vector
}

function quadraticForm(matrix: Float64Array, vector: Float64Array): number {
  const size = vector.length
  let total = 0
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      total += (vector[a] as number) * (matrix[a * size + b] as number) * (vector[b] as number)
  return total
}
