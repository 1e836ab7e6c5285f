/**
 * Weights of a Gaussian of standard deviation `sigma` pixels at `size` (odd) positions around its middle, summing to 1.
 */
export function gaussianWindow(size: number, sigma: number): Float64Array {
  const middle = (size - 1) / 2
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - middle) / sigma) ** 2))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Filters planes of one size with a separable window, at the positions where the window lies inside the plane. */
export class ValidFilter {
  readonly #weights: Float64Array
  readonly #width: number
  readonly #height: number
  readonly #validWidth: number
  readonly #validHeight: number
  /** The plane filtered along its rows only. */
  readonly #rows: Float64Array

  constructor(weights: Float64Array, width: number, height: number) {
    this.#weights = weights
    this.#width = width
    this.#height = height
    this.#validWidth = width - weights.length + 1
    this.#validHeight = height - weights.length + 1
    this.#rows = new Float64Array(this.#validWidth * height)
  }

  /** A new buffer that holds one filtered plane. */
  plane(): Float64Array {
    return new Float64Array(this.#validWidth * this.#validHeight)
  }

  /** Writes the filtered `source` (height x width) into `target`. */
  apply(source: Float32Array | Float64Array, target: Float64Array): void {
    const weights = this.#weights
    const validWidth = this.#validWidth
    for (let y = 0; y < this.#height; y++) {
      for (let x = 0; x < validWidth; x++) {
        const start = y * this.#width + x
        let sum = 0
        for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (source[start + k] as number)
        this.#rows[y * validWidth + x] = sum
      }
    }
    for (let i = 0; i < target.length; i++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++)
        sum += (weights[k] as number) * (this.#rows[i + k * validWidth] as number)
      target[i] = sum
    }
  }
}
