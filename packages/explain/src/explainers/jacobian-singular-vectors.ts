import { fill, gradients, InputError, keyFrom, random } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import type { ImageTarget } from '../targets.ts'
import { addScaled, combination, dot, orthonormalised, symmetricEigen } from './dense-vectors.ts'

export interface JacobianSingularVectorsOptions {
  /** Singular values that are wanted, the greatest; 4 if not given. */
  readonly count?: number
  /** Times that the Jacobian and its transpose are applied to a block of vectors, at most; 100 if not given. */
  readonly iterations?: number
  /** Residual |J^T J v - s^2 v| / s_1^2 to be reached; 1e-3 if not given. The values are far closer: their error is its square. */
  readonly tolerance?: number
  /** Which output; if not given 'as the target', the one that it is of, and the denoised image for targets of layers. */
  readonly of?: ImageTarget | 'as the target'
  /** Of the random patterns that the search begins with; 0 if not given. */
  readonly seed?: number
}

const AS_TARGET = 'as the target'
const OUTPUTS: readonly string[] = ['denoised', 'residual', AS_TARGET]

/** Patterns carried along besides those that are wanted, since the last of a block converges slowest. */
const GUARDS = 4
/** Blocks that the search space grows to before it is cut back, and that it is cut back to. */
const MOST_BLOCKS = 6
const KEPT_BLOCKS = 2

/**
 * Leading singular values and vectors of the denoiser's Jacobian at the image: the input patterns that it lets through most
 * (right), and what it makes of them (left). A denoiser that projects onto features has values near 1 for these and near 0 for
 * the rest.
 *
 * J = df/dy (or dr/dy) = sum over i of s_i u_i v_i^T; J^T u is a vector-Jacobian product, and J v the derivative of one, which is
 * linear in u: J v = d(J^T u)/du v. The matrix is never made.
 *
 * Block power iteration that keeps what earlier blocks spanned (block Lanczos with thick restarts): Rayleigh-Ritz over the search
 * space, which then grows by the residuals J^T J v_i - s_i^2 v_i. In float64 but for the products.
 *
 * Maps: 'right 1', 'left 1', 'right 2', ... of length 1, signed so that the right one's largest value is positive.
 * Values: `singularValue1`, `residual1`, ..., `iterations`, and `converged` (1 or 0: all residuals are within the tolerance).
 *
 * Sources: Mohan et al. 2020 (the decomposition); Pearlmutter 1994 and, by two reverse passes, Townsend 2017 (J v);
 * Wu and Simon 2000, "Thick-restart Lanczos method for large symmetric eigenvalue problems" (the iteration).
 * @throws InputError when an option is unusable, or `count` is more than the image has values.
 */
export function jacobianSingularVectors(options: JacobianSingularVectorsOptions = {}): Explainer {
  const method = 'jacobian-singular-vectors'
  const { count = 4, iterations = 100, tolerance = 1e-3, of = AS_TARGET, seed = 0 } = options
  checkWhole(method, 'count', count)
  checkWhole(method, 'iterations', iterations)
  if (!(tolerance > 0 && Number.isFinite(tolerance))) {
    throw new InputError(`${method}: tolerance is ${tolerance}; expected a number above 0, such as 1e-3`)
  }
  if (!OUTPUTS.includes(of)) {
    throw new InputError(`${method}: there is no output ${of}; expected one of ${OUTPUTS.join(', ')}`)
  }
  return {
    name: method,
    title: 'Singular vectors of the Jacobian',
    options: { count, iterations, tolerance, of, seed },
    explain: async (context) => {
      const { channels, width, height, target } = context
      if (count > channels * width * height) {
        throw new InputError(
          `${method}: an image of ${channels * width * height} values has no ${count} singular vectors; expected at most as many`,
        )
      }
      const ofTarget = target.of === 'residual' ? 'residual' : 'denoised'
      const output = of === AS_TARGET ? ofTarget : of
      const found = await search(context, output, { count, iterations, tolerance, seed })
      const shape = channels === 1 ? [height, width] : [channels, height, width]
      return {
        maps: found.triplets.flatMap(({ right, left }, i) => [
          explanationMap({ name: `right ${i + 1}`, shape, data: right, signed: true, units: '1' }),
          explanationMap({ name: `left ${i + 1}`, shape, data: left, signed: true, units: '1' }),
        ]),
        values: {
          ...Object.fromEntries(found.triplets.map(({ value }, i) => [`singularValue${i + 1}`, value])),
          ...Object.fromEntries(found.triplets.map(({ residual }, i) => [`residual${i + 1}`, residual])),
          iterations: found.iterations,
          converged: Number(found.converged),
        },
      }
    },
  }
}

/** A pattern v with J v and J^T J v. */
interface Direction {
  readonly pattern: Float64Array
  readonly image: Float64Array
  readonly back: Float64Array
}

async function search(
  context: ExplainContext,
  of: ImageTarget,
  { count, iterations, tolerance, seed }: { count: number; iterations: number; tolerance: number; seed: number },
) {
  const { channels, width, height } = context
  const size = channels * width * height
  const block = Math.min(count + GUARDS, size)
  let fresh = orthonormalised(
    Array.from({ length: block }, (_, i) => Float64Array.from(random('normal', keyFrom(seed, i), size))),
  )
  let space: Direction[] = []
  for (let iteration = 1; ; iteration++) {
    space.push(...(await products(context, of, fresh, block)))
    const ritz = rayleighRitz(space, KEPT_BLOCKS * block)
    const greatest = ritz[0]?.square ?? 0
    const leading = ritz.slice(0, count)
    const converged = leading.every(({ rest }) => relative(rest, greatest) <= tolerance)
    if (space.length + block > MOST_BLOCKS * block) space = ritz.map(({ direction }) => direction)
    fresh = orthonormalised(
      ritz.slice(0, block).map(({ rest }) => rest),
      space.map(({ pattern }) => pattern),
    )
    // Without anything new the space is all that J^T J reaches from it.
    if (converged || iteration >= iterations || fresh.length === 0) {
      return { iterations: iteration, converged, triplets: leading.map((each) => tripletOf(each, greatest)) }
    }
  }
}

const relative = (rest: Float64Array, greatest: number): number =>
  greatest === 0 ? 0 : Math.sqrt(dot(rest, rest)) / greatest

interface RitzPair {
  /** s^2, the square of the singular value. */
  readonly square: number
  readonly direction: Direction
  /** J^T J v - s^2 v */
  readonly rest: Float64Array
}

/** The best approximations of J^T J's eigenvectors within a space, greatest first: eigenvectors of V^T J^T J V = (J V)^T (J V). */
function rayleighRitz(space: readonly Direction[], most: number): RitzPair[] {
  const [patterns, images, backs] = [
    space.map(({ pattern }) => pattern),
    space.map(({ image }) => image),
    space.map(({ back }) => back),
  ]
  const gram = images.map((a) => images.map((b) => dot(a, b)))
  return symmetricEigen(gram)
    .slice(0, most)
    .map(({ value, vector }) => {
      const square = Math.max(value, 0)
      const direction = {
        pattern: combination(patterns, vector),
        image: combination(images, vector),
        back: combination(backs, vector),
      }
      const rest = direction.back.slice()
      addScaled(rest, -square, direction.pattern)
      return { square, direction, rest }
    })
}

function tripletOf({ square, direction: { pattern, image }, rest }: RitzPair, greatest: number) {
  const value = Math.sqrt(square)
  const largest = pattern.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0)
  const sign = largest < 0 ? -1 : 1
  return {
    value,
    residual: relative(rest, greatest),
    right: Float32Array.from(pattern, (each) => sign * each),
    left: Float32Array.from(image, (each) => (value === 0 ? 0 : (sign * each) / value)),
  }
}

/** J v and J^T J v of patterns v, in as few replays as memory allows. */
async function products(
  { channels, width, height, noisy, replay, batchFor }: ExplainContext,
  of: ImageTarget,
  patterns: readonly Float64Array[],
  block: number,
): Promise<Direction[]> {
  const size = noisy.length
  const batch = batchFor(block)
  const shape = [batch, channels, height, width]
  const directions: Direction[] = []
  for (let from = 0; from < patterns.length; from += batch) {
    const some = patterns.slice(from, from + batch)
    const images = new Float32Array(batch * size)
    const vectors = new Float32Array(batch * size)
    for (let i = 0; i < batch; i++) images.set(noisy, i * size)
    for (const [i, pattern] of some.entries()) vectors.set(pattern, i * size)
    const { image = new Float32Array(), back = new Float32Array() } = await replay(
      `jacobian of ${of}, ${batch} patterns`,
      { noisy: shape, pattern: shape },
      (inputs, graphOf) => {
        const { noisy: y = fill(0, shape), pattern: v = fill(0, shape) } = inputs
        const output = graphOf(y)[of]
        // Its values do not matter: the product is linear in it.
        const u = fill(0, shape)
        const [transposed = u] = gradients(output, [y], u)
        const [forward = u] = gradients(transposed, [u], v)
        const [backward = u] = gradients(output, [y], forward)
        return { image: forward, back: backward }
      },
      { noisy: images, pattern: vectors },
    )
    for (const [i, pattern] of some.entries()) {
      const part = (values: Float32Array): Float64Array => Float64Array.from(values.subarray(i * size, (i + 1) * size))
      directions.push({ pattern, image: part(image), back: part(back) })
    }
  }
  return directions
}
