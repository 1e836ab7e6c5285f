/** A place on [0, 1] and its weight; the weights of a rule add up to 1. */
export interface Node {
  readonly at: number
  readonly weight: number
}

/** Newton's steps are enough when they move a node by less than the last digit of it. */
const LAST_DIGIT = 1e-15
const MAX_STEPS = 20

/**
 * The nodes of Gauss-Legendre quadrature on [0, 1], ascending: exact for polynomials of degree below 2n. They are the zeros
 * x_k of the Legendre polynomial P_n, moved from [-1, 1], with weights 2 / ((1 - x_k^2) P_n'(x_k)^2), halved.
 * Source: Abramowitz and Stegun 1964, "Handbook of mathematical functions", 25.4.29 and 22.16.6 for the starting points.
 */
export const gaussLegendre = (count: number): Node[] =>
  Array.from({ length: count }, (_, k) => {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (count + 0.5))
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const { value, slope } = legendre(count, x)
      x -= value / slope
      if (Math.abs(value / slope) < LAST_DIGIT) break
    }
    return { at: (1 + x) / 2, weight: 1 / ((1 - x * x) * legendre(count, x).slope ** 2) }
  })

/** P_n and its derivative at x, by Bonnet's recursion. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let [previous, value] = [1, x]
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k]
  return { value, slope: (n * (x * value - previous)) / (x * x - 1) }
}
