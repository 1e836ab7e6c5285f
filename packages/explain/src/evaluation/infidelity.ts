import { InputError, keyFrom, random } from '@noisescope/core'
import { checkAboveZero, checkWhole } from '../check-options.ts'
import type { ExplainContext } from '../explainer.ts'
import { type Block, checkSide, eachPixel } from '../explainers/blocks.ts'
import { checkFill, type Fill, filling } from '../explainers/fill-block.ts'
import type { ExplanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import { type AskOptions, ask } from './ask.ts'
import { checkFinite } from './map-values.ts'

/**
 * What is taken from the image: Gaussian noise of a standard deviation on the 0..1 scale, or what a square at a random place has
 * that its fill has not.
 */
export type Perturbation =
  | { readonly kind: 'gaussian'; readonly deviation: number }
  | { readonly kind: 'block'; readonly side: number; readonly fill: Fill }

export interface InfidelityOptions extends AskOptions {
  /** Gaussian of 0.02 if not given: small, so that the gradient still holds. */
  readonly perturbation?: Perturbation
  /** Perturbations that are drawn; 64 if not given. */
  readonly draws?: number
  /** Of the perturbations; 0 if not given. */
  readonly seed?: number
  /** Scales the map by the factor that fits best, so that only its pattern is judged; false if not given. */
  readonly optimalScaling?: boolean
}

export interface Infidelity {
  /** Mean of the squared misses, in units of the target squared; 0 is best. */
  readonly infidelity: number
  /** Over the mean of the squared changes of T: 1 is what a map of zeros gets. null where T does not change. */
  readonly relative: number | null
  /** What the map was scaled by: 1 unless the best factor was asked for. */
  readonly scale: number
}

/**
 * Infidelity: how badly a map foretells what the target does when the image is perturbed.
 *
 * INFD = E[(I . phi - (T(y) - T(y - I)))^2], with phi scaled where asked for by E[(I . phi) dT] / E[(I . phi)^2]
 *
 * A map in units '1' (target by unit of brightness, as gradients are) meets I itself. A map in units 'target' (shares of it, as of
 * occlusion or integrated gradients) says what each pixel's whole removal would do, so it meets blocks only, with I . phi the sum
 * over the block.
 *
 * Source: Yeh et al. 2019, "On the (in)fidelity and sensitivity of explanations"; the scaling as in its authors'
 * code and in Captum.
 * @throws InputError when the map does not fit the image or the perturbation, or an option is unusable.
 */
export async function infidelity(
  session: ExplainSession,
  subject: Subject,
  map: ExplanationMap,
  options: InfidelityOptions = {},
): Promise<Infidelity> {
  const { perturbation = { kind: 'gaussian', deviation: 0.02 }, draws = 64, seed = 0, optimalScaling = false } = options
  checkWhole('infidelity', 'draws', draws)
  checkFinite(map, 'infidelity')
  return ask(
    session,
    subject,
    async (context) => {
      const draw = drawing(context, map, perturbation, seed)
      const foretold = new Float64Array(draws)
      const values = await context.held.values(
        imagesAt(draws, (i) => {
          const { image, effect } = draw(i)
          foretold[i] = effect
          return image
        }),
      )
      const changes = Float64Array.from(values, (value) => context.value - value)
      const [power, cross] = [meanProduct(foretold, foretold), meanProduct(foretold, changes)]
      const scale = optimalScaling ? (power === 0 ? 0 : cross / power) : 1
      const misses = foretold.map((effect, i) => scale * effect - (changes[i] as number))
      const [value, change] = [meanProduct(misses, misses), meanProduct(changes, changes)]
      return { infidelity: value, relative: change === 0 ? null : value / change, scale }
    },
    options,
  )
}

const meanProduct = (a: Float64Array, b: Float64Array): number =>
  a.reduce((total, value, i) => total + value * (b[i] as number), 0) / a.length

/** y - I and I . phi of a draw. */
type Draw = (index: number) => { readonly image: Float32Array; readonly effect: number }

function drawing(context: ExplainContext, map: ExplanationMap, perturbation: Perturbation, seed: number): Draw {
  const perValue = map.units === '1'
  if (!perValue && map.units !== 'target') {
    throw new InputError(
      `infidelity: the map ${map.name} is in units of ${map.units}; expected 1 (target by unit of brightness) or target`,
    )
  }
  const { noisy, channels, width, height } = context
  const perPixel = map.shape.join('x') === `${height}x${width}`
  if (map.data.length !== noisy.length && !(perPixel && !perValue)) {
    throw new InputError(
      `infidelity: the map ${map.name} is ${map.shape.join('x')}; expected ${channels}x${height}x${width} as the image`,
    )
  }
  if (perturbation.kind === 'gaussian') return gaussianDrawing(context, map, perturbation.deviation, seed)
  const { side, fill } = perturbation
  checkSide('infidelity', 'block', side, context)
  checkFill('infidelity', fill)
  const fillBlock = filling(context, fill, 'infidelity')
  return (index) => {
    const [across = 0, down = 0] = random('uniform', keyFrom(seed, index), 2)
    const block: Block = {
      x: Math.floor(across * (width - side + 1)),
      y: Math.floor(down * (height - side + 1)),
      width: side,
      height: side,
    }
    const image = fillBlock(block)
    return {
      image,
      effect: perValue ? productWithRemoved(noisy, image, map) : sumOver(block, map, width * height, width),
    }
  }
}

function gaussianDrawing({ noisy }: ExplainContext, map: ExplanationMap, deviation: number, seed: number): Draw {
  if (map.units !== '1') {
    throw new InputError(
      `infidelity: the map ${map.name} shares the target out, so it says what removing a pixel does, not what noise does; expected a perturbation by blocks`,
    )
  }
  checkAboveZero('infidelity', 'deviation', deviation)
  return (index) => {
    const normal = random('normal', keyFrom(seed, index), noisy.length)
    const image = noisy.map((value, i) => value - deviation * (normal[i] as number))
    return { image, effect: productWithRemoved(noisy, image, map) }
  }
}

/** I . phi, with I as float32 has taken it. */
function productWithRemoved(noisy: Float32Array, image: Float32Array, { data }: ExplanationMap): number {
  let total = 0
  for (let i = 0; i < data.length; i++) {
    total += ((noisy[i] as number) - (image[i] as number)) * (data[i] as number)
  }
  return total
}

function sumOver(block: Block, { data }: ExplanationMap, pixels: number, width: number): number {
  let total = 0
  for (let plane = 0; plane < data.length; plane += pixels)
    eachPixel(block, width, (pixel) => {
      total += data[plane + pixel] as number
    })
  return total
}
