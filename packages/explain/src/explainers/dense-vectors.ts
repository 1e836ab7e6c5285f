/** Sum of products of two vectors of one length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number)
  return total
}

/** Adds `factor` times a vector to `total`. */
export function addScaled(total: Float64Array, factor: number, vector: ArrayLike<number>): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + factor * (vector[i] as number)
}

/** The sum of vectors, each times its factor. */
export function combination(vectors: readonly Float64Array[], factors: ArrayLike<number>): Float64Array {
  const total = new Float64Array(vectors[0]?.length ?? 0)
  for (const [i, vector] of vectors.entries()) addScaled(total, factors[i] as number, vector)
  return total
}

/** Share of a vector's length below which what Gram-Schmidt leaves of it is rounding only. */
const DEPENDENT = 1e-10

/**
 * Vectors of length 1, orthogonal to each other and to `basis`, that span with it what `vectors` do: modified Gram-Schmidt, twice
 * since once leaves the rounding of nearly dependent vectors (Björck 1994, "Numerics of Gram-Schmidt orthogonalization").
 * Those that depend on others are left out.
 */
export function orthonormalised(
  vectors: readonly Float64Array[],
  basis: readonly ArrayLike<number>[] = [],
): Float64Array[] {
  const found: Float64Array[] = []
  for (const vector of vectors) {
    const rest = vector.slice()
    const before = Math.sqrt(dot(rest, rest))
    for (let pass = 0; pass < 2; pass++)
      for (const other of [...basis, ...found]) addScaled(rest, -dot(rest, other), other)
    const length = Math.sqrt(dot(rest, rest))
    if (length > DEPENDENT * before) found.push(rest.map((value) => value / length))
  }
  return found
}

/** Sweeps after which Jacobi's iteration has long converged: it does so quadratically. */
const SWEEPS = 50

/**
 * Eigenvalues of a small symmetric matrix, greatest first, with eigenvectors of length 1: cyclic Jacobi rotations.
 * Source: Golub and Van Loan, "Matrix computations", 4th edition, section 8.5.
 */
export function symmetricEigen(matrix: readonly ArrayLike<number>[]): { value: number; vector: Float64Array }[] {
  const size = matrix.length
  const a = matrix.map((row) => Float64Array.from(row))
  const vectors = a.map((_, i) => Float64Array.from({ length: size }, (_, j) => Number(i === j)))
  const at = (i: number, j: number): number => a[i]?.[j] ?? 0
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let [off, all] = [0, 0]
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        all += at(i, j) ** 2
        if (i !== j) off += at(i, j) ** 2
      }
    if (off <= Number.EPSILON ** 2 * all) break
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        if (at(p, q) === 0) continue
        const tau = (at(q, q) - at(p, p)) / (2 * at(p, q))
        const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau))
        const cosine = 1 / Math.hypot(1, tangent)
        const rotation = [cosine, tangent * cosine] as const
        for (const row of a) rotate(row, p, q, rotation)
        rotateRows(a[p], a[q], rotation)
        rotateRows(vectors[p], vectors[q], rotation)
      }
  }
  return vectors.map((vector, i) => ({ value: at(i, i), vector })).sort((x, y) => y.value - x.value)
}

type Rotation = readonly [cosine: number, sine: number]

function rotate(row: Float64Array, p: number, q: number, [cosine, sine]: Rotation): void {
  const [x, y] = [row[p] as number, row[q] as number]
  row[p] = cosine * x - sine * y
  row[q] = sine * x + cosine * y
}

function rotateRows(first: Float64Array | undefined, second: Float64Array | undefined, [cosine, sine]: Rotation): void {
  if (first === undefined || second === undefined) return
  for (let i = 0; i < first.length; i++) {
    const [x, y] = [first[i] as number, second[i] as number]
    first[i] = cosine * x - sine * y
    second[i] = sine * x + cosine * y
  }
}
