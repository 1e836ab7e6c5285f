/** Shape of the window: 2 in all profiles of Dabov et al. 2007. */
const BETA = 2

/** Kaiser's window of `size` x `size`, by which a block's pixels count less towards its edges, against seams. */
export function kaiserWindow(size: number): Float64Array {
  const line = Array.from({ length: size }, (_, i) => {
    const place = size === 1 ? 0 : (2 * i) / (size - 1) - 1
    return besselI0(BETA * Math.sqrt(1 - place * place)) / besselI0(BETA)
  })
  return Float64Array.from(line.flatMap((a) => line.map((b) => a * b)))
}

/** Modified Bessel function of the first kind and order 0, by its power series sum of ((x/2)^k / k!)^2. */
function besselI0(x: number): number {
  let sum = 1
  for (let k = 1, term = 1; term > sum * Number.EPSILON; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
