import {
  COSINE,
  LOG_TWO,
  LOGARITHM,
  QUARTER_BITS,
  QUARTER_STEP,
  ROOT_HALF_BITS,
  SINE,
  TURN_STEP,
  UNIFORM_STEP,
} from './coefficients.ts'

const { fround } = Math
const float = new Float32Array(1)
const bitsOf = new Int32Array(float.buffer)

/** Highest power first and rounded to float32, as Horner's rule takes them. */
const rounded = (coefficients: readonly number[]): readonly number[] => coefficients.map(fround).reverse()
const logarithmTerms = rounded(LOGARITHM)
const sineTerms = rounded(SINE)
const cosineTerms = rounded(COSINE)

/** Polynomial by Horner's rule in float32. */
function polynomial(terms: readonly number[], x: number): number {
  let sum = 0
  for (const term of terms) sum = fround(fround(sum * x) + term)
  return sum
}

/** Natural logarithm of a positive normal float32. */
function logarithm(x: number): number {
  float[0] = x
  const bits = bitsOf[0] as number
  const exponent = (bits - ROOT_HALF_BITS) >> 23
  bitsOf[0] = bits - (exponent << 23)
  const f = fround((float[0] as number) - 1)
  const square = fround(f * f)
  const cubic = fround(fround(f * square) * polynomial(logarithmTerms, f))
  const rest = fround(fround(cubic - 0.5 * square) + fround(exponent * fround(LOG_TWO.low)))
  return fround(fround(f + rest) + exponent * LOG_TWO.high)
}

/** Sine of an angle in [-pi/4, pi/4]. */
function smallSine(x: number): number {
  const square = fround(x * x)
  return fround(x + fround(fround(x * square) * polynomial(sineTerms, square)))
}

/** Cosine of an angle in [-pi/4, pi/4]. */
function smallCosine(x: number): number {
  const square = fround(x * x)
  return fround(fround(1 - 0.5 * square) + fround(fround(square * square) * polynomial(cosineTerms, square)))
}

/** Uniform in (0, 1), both ends excluded: an odd multiple of 2^-24. */
export function uniform(word: number): number {
  return (2 * (word >>> 9) + 1) * UNIFORM_STEP
}

/** Two independent standard normal numbers of two words (Box and Muller 1958). */
export function normalPair(first: number, second: number): readonly [number, number] {
  const radius = fround(Math.sqrt(-2 * logarithm(uniform(first))))
  const turn = second >>> 9
  const quarter = (turn + (1 << (QUARTER_BITS - 1))) >> QUARTER_BITS
  const angle = fround((2 * (turn - (quarter << QUARTER_BITS)) + 1) * fround(TURN_STEP))
  const [cosine, sine] = [smallCosine(angle), smallSine(angle)]
  const turned = (
    [
      [cosine, sine],
      [-sine, cosine],
      [-cosine, -sine],
      [sine, -cosine],
    ] as const
  )[(quarter & 3) as 0 | 1 | 2 | 3]
  return [fround(radius * turned[0]), fround(radius * turned[1])]
}

/** Laplace with mean 0 and scale 1 (variance 2), by its inverse distribution function. */
export function laplace(word: number): number {
  const u = uniform(word)
  const magnitude = logarithm(2 * Math.min(u, 1 - u))
  return u < 0.5 ? magnitude : -magnitude
}

/** Arcsine on (0, 1), which is Beta(1/2, 1/2): sin^2 of a uniform angle of the first quarter turn. */
export function arcsine(word: number): number {
  const steps = 2 * (word >>> 9) + 1
  const below = steps < 1 / (2 * UNIFORM_STEP)
  const sine = smallSine(fround((below ? steps : 1 / UNIFORM_STEP - steps) * fround(QUARTER_STEP)))
  const square = fround(sine * sine)
  return below ? square : fround(1 - square)
}
