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

/** WGSL of a polynomial by Horner's rule, lowest power first. */
function polynomial(coefficients: readonly number[], x: string): string {
  return coefficients
    .slice(0, -1)
    .reduceRight((sum, coefficient) => `(${sum} * ${x} + ${coefficient})`, `${coefficients.at(-1)}`)
}

/**
 * WGSL of distributions.ts, in the same float32 operations: `uniform1(word: u32) -> f32`,
 * `normalPair(first: u32, second: u32) -> vec2f`, `laplace(word: u32) -> f32`, `arcsine(word: u32) -> f32`.
 * They agree with the processor up to contraction of multiplications and additions.
 */
export const distributionFunctions = `
/** Natural logarithm of a positive normal number. */
fn logarithm(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  let exponent = (bits - ${ROOT_HALF_BITS}) >> 23u;
  let f = bitcast<f32>(bits - (exponent << 23u)) - 1.0;
  let square = f * f;
  let cubic = f * square * ${polynomial(LOGARITHM, 'f')};
  let rest = (cubic - 0.5 * square) + f32(exponent) * ${LOG_TWO.low};
  return (f + rest) + f32(exponent) * ${LOG_TWO.high};
}

/** Square root with the rounding error of the built-in one taken away: the halves' squares are exact. */
fn squareRoot(x: f32) -> f32 {
  let root = sqrt(x);
  let high = bitcast<f32>(bitcast<u32>(root) & 0xfffff000u);
  let low = root - high;
  return root + ((x - high * high) - low * (high + root)) / (2.0 * root);
}

/** Sine of an angle in [-pi/4, pi/4]. */
fn smallSine(x: f32) -> f32 {
  let square = x * x;
  return x + x * square * ${polynomial(SINE, 'square')};
}

/** Cosine of an angle in [-pi/4, pi/4]. */
fn smallCosine(x: f32) -> f32 {
  let square = x * x;
  return (1.0 - 0.5 * square) + square * square * ${polynomial(COSINE, 'square')};
}

fn uniform1(word: u32) -> f32 {
  return f32(2u * (word >> 9u) + 1u) * ${UNIFORM_STEP};
}

fn normalPair(first: u32, second: u32) -> vec2f {
  let radius = squareRoot(-2.0 * logarithm(uniform1(first)));
  let turn = i32(second >> 9u);
  let quarter = (turn + ${1 << (QUARTER_BITS - 1)}) >> ${QUARTER_BITS}u;
  let angle = f32(2 * (turn - (quarter << ${QUARTER_BITS}u)) + 1) * ${TURN_STEP};
  let cosine = smallCosine(angle);
  let sine = smallSine(angle);
  let straight = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quarter & 1) == 1);
  return radius * select(straight, -straight, (quarter & 2) == 2);
}

fn laplace(word: u32) -> f32 {
  let u = uniform1(word);
  let magnitude = logarithm(2.0 * min(u, 1.0 - u));
  return select(-magnitude, magnitude, u < 0.5);
}

fn arcsine(word: u32) -> f32 {
  let steps = 2u * (word >> 9u) + 1u;
  let below = steps < ${1 / (2 * UNIFORM_STEP)}u;
  let sine = smallSine(f32(select(${1 / UNIFORM_STEP}u - steps, steps, below)) * ${QUARTER_STEP});
  let square = sine * sine;
  return select(1.0 - square, square, below);
}
`
