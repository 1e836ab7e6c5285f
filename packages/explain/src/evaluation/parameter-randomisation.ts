import { InputError, inputTensor, type Tensor, type Variable } from '@noisescope/core'
import { rankCorrelation, ssim } from '@noisescope/metrics'
import { type Model, parametersOf } from '@noisescope/nn'
import type { Explainer } from '../explainer.ts'
import { permutation } from '../explainers/permutation.ts'
import type { ExplanationMap } from '../map.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import type { Target } from '../targets.ts'
import { traceModel } from '../traced-model.ts'
import { chosenMap, type RepeatedChoice, repeated } from './chosen-map.ts'
import { checkFinite } from './map-values.ts'

export interface ParameterRandomisationOptions extends RepeatedChoice {
  /**
   * What a layer's new parameters are, in an order drawn by the seed: the values that the model's initialiser gave them
   * ('initial', if not given), so the layer is as before any training, or those that they have now ('present'), so that their
   * mean, spread and sparsity stay. A variable of equal values, such as biases that begin at zero, has one such draw only.
   */
  readonly draw?: 'initial' | 'present'
  /** Of the new parameters; 0 if not given. */
  readonly seed?: number
}

/** How alike two maps are. */
export interface MapAgreement {
  /**
   * Spearman correlation of the maps, 1 where the order of their values is the same; null where a map is the same everywhere.
   * Places that are 0 in all maps of the cascade are left out: beyond the target's receptive field every network agrees.
   */
  readonly rankCorrelation: number | null
  /** The same of |map|, for which the sign of a response does not matter. */
  readonly magnitudeRankCorrelation: number | null
  /** Mean SSIM of the maps, all places counted, each over its largest magnitude; null where a map is zero everywhere. */
  readonly ssim: number | null
}

/** How much of a map is left. */
export interface RandomisationStep extends MapAgreement {
  /** The layer that was randomised at this step; those before it stay so. */
  readonly layer: string
  readonly map: ExplanationMap
}

export interface ParameterRandomisation {
  readonly original: ExplanationMap
  /** From the layer next to the output to the one next to the input, each compared with the original. */
  readonly steps: readonly RandomisationStep[]
  /**
   * Of two networks of random parameters with each other: what any network of this architecture draws of this image and target.
   * A trained one that agrees no more with a random one shows nothing there that it has learned.
   */
  readonly randomNetworks: MapAgreement
}

/**
 * Cascading parameter randomisation: draws the parameters of layer after layer anew, from the output backwards, and compares the
 * map with that of the trained network. A map that stays says nothing about what the network learned. Magnitudes keep what all
 * networks share, |y| in |g y| and the places' distance from the target and the border, so two random networks are compared too.
 * Running statistics are no parameters and stay. The parameters are put back at the end, also when something fails; until then
 * everyone who uses the model on this device gets the random ones.
 *
 * Source: Adebayo et al. 2018, "Sanity checks for saliency maps" (cascading randomisation).
 * @throws InputError when the map is of the input and the target holds the noisy image itself, whatever the parameters are (f
 *   of a network that estimates the noise, r of one that estimates the clean image); when the model has no parameters; when the
 *   explainer has no such map, or the original is not finite.
 */
export async function parameterRandomisation(
  session: ExplainSession,
  subject: Subject,
  explainer: Explainer,
  options: ParameterRandomisationOptions = {},
): Promise<ParameterRandomisation> {
  const { draw = 'initial', seed = 0, fixedCost = true, ...choice } = options
  const { device, model } = session
  const parameters = parametersOf(model)
  if (parameters.length === 0) throw new InputError(`the ${model.name} has no parameters that could be randomised`)
  const made = repeated(explainer, fixedCost)
  const mapNow = (): Promise<ExplanationMap> => chosenMap(session, subject, made, choice)
  const original = await mapNow()
  checkFinite(original, 'parameter randomisation')
  if (original.name === 'input') checkNoSkip(subject.target, model, original)

  const trained = await device.read(parameters)
  const presentOf = new Map(parameters.map((variable, i) => [variable, trained[i] as Float32Array]))
  const randomise = (variable: Variable, network: number): void => {
    const source = draw === 'initial' ? (variable.initial as Float32Array) : (presentOf.get(variable) as Float32Array)
    device.write(variable, shuffled(source, seed, network * parameters.length + parameters.indexOf(variable)))
  }
  const maps: { layer: string; map: ExplanationMap }[] = []
  let other = original
  try {
    for (const layer of model.layers.filter((each) => each.parameters.length > 0).toReversed()) {
      for (const variable of layer.parameters) randomise(variable, 0)
      maps.push({ layer: layer.name, map: await mapNow() })
    }
    for (const variable of parameters) randomise(variable, 1)
    other = await mapNow()
  } finally {
    for (const [variable, values] of presentOf) device.write(variable, values)
  }
  const reached = Array.from(original.data, (_, i) => i).filter((i) =>
    [original, other, ...maps.map(({ map }) => map)].some(({ data }) => data[i] !== 0),
  )
  return {
    original,
    steps: maps.map(({ layer, map }) => ({ layer, map, ...compared(original, map, reached) })),
    randomNetworks: compared(maps.at(-1)?.map ?? original, other, reached),
  }
}

/** The identity in T has the gradient 1 at its own pixel for ever, and would make each map of the input look alike. */
function checkNoSkip({ of, text, tensor }: Target, model: Model, { shape }: ExplanationMap): void {
  const noisy = inputTensor('noisy', [1, model.channels, ...shape.slice(-2)])
  const traced = traceModel(model, noisy, model.takesSigma ? inputTensor('sigma', [1, 1, 1, 1]) : undefined)
  if (identityIn(tensor(traced), noisy) === 0) return
  const instead = of === 'denoised' ? 'the residual' : 'the denoised image'
  throw new InputError(
    `parameter randomisation: "${text}" holds the noisy image itself, whatever the parameters of the ${model.name} are; expected a target of ${instead}`,
  )
}

/** How many times a tensor holds another unchanged, past additions and subtractions. */
function identityIn(tensor: Tensor, other: Tensor): number {
  if (tensor === other) return 1
  const of = (input: Tensor | undefined): number => (input === undefined ? 0 : identityIn(input, other))
  const [a, b] = tensor.inputs
  switch (tensor.op.name) {
    case 'add':
      return of(a) + of(b)
    case 'sub':
      return of(a) - of(b)
    case 'neg':
      return -of(a)
    default:
      return 0
  }
}

const shuffled = (values: Float32Array, seed: number, stream: number): Float32Array =>
  Float32Array.from(permutation(values.length, seed, stream), (from) => values[from] as number)

function compared(a: ExplanationMap, b: ExplanationMap, reached: readonly number[]): MapAgreement {
  if ([a, b].some(({ status }) => status === 'not-finite') || reached.length === 0)
    return { rankCorrelation: null, magnitudeRankCorrelation: null, ssim: null }
  const correlation = (valueOf: (value: number) => number): number | null => {
    const [first, second] = [a, b].map(({ data }) => Float64Array.from(reached, (i) => valueOf(data[i] as number)))
    return first === undefined || second === undefined ? null : rankCorrelation(first, second)
  }
  return {
    rankCorrelation: correlation((value) => value),
    magnitudeRankCorrelation: correlation(Math.abs),
    ssim: similarity(a, b),
  }
}

function similarity(a: ExplanationMap, b: ExplanationMap): number | null {
  const [height = 1, width = 1] = a.shape.slice(-2)
  const channels = a.data.length / (width * height)
  const [first, second] = [overLargest(a), overLargest(b)]
  if (first === undefined || second === undefined) return null
  return ssim(first, second, { width, height, channels, dataRange: a.signed ? 2 : 1 })
}

function overLargest({ data, range: [least, greatest] }: ExplanationMap): Float32Array | undefined {
  const largest = Math.max(Math.abs(least), Math.abs(greatest))
  return largest === 0 ? undefined : data.map((value) => value / largest)
}
