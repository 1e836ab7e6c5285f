import { InputError } from '@noisescope/core'
import { checkAboveZero, checkWhole } from '../check-options.ts'
import type { Explainer } from '../explainer.ts'
import { checkFill, type Fill } from '../explainers/fill-block.ts'
import type { ExplanationMap } from '../map.ts'
import { type Factory, type NamedOptions, usual, withOptions } from '../named-options.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import { INPUT } from '../trace/format.ts'
import type { TraceScore } from '../trace/types.ts'
import type { AskOptions } from './ask.ts'
import { type InfidelityOptions, infidelity, type Perturbation } from './infidelity.ts'
import {
  type ExchangeCurve,
  type InsertionDeletionOptions,
  insertionDeletion,
  LEAST_STEPS,
} from './insertion-deletion.ts'
import { type MaxSensitivityOptions, maxSensitivity } from './max-sensitivity.ts'
import { type ParameterRandomisationOptions, parameterRandomisation } from './parameter-randomisation.ts'

/** A way to judge an explanation, by its name. */
export interface Measure {
  /** 'infidelity', as the command line and traces call it. */
  readonly name: string
  readonly title: string
  readonly options: NamedOptions
  /** It exchanges noisy values for clean ones. */
  readonly needsClean: boolean
  /** @throws InputError when the map is not one that it can judge. */
  judge(session: ExplainSession, subject: Subject, map: MadeMap, asked: AskOptions): Promise<Verdict>
}

/** A map of an explanation, and what made it. */
export interface MadeMap {
  readonly explainer: Explainer
  readonly map: ExplanationMap
}

/** What a measure says of a map. */
export interface Verdict {
  /** Its main numbers, each with a note that says how to read it. */
  readonly scores: readonly TraceScore[]
  /** All that it found, for programs. */
  readonly details: NamedOptions
}

type Own<Options> = Omit<Options, keyof AskOptions | 'map' | 'layers'>

const insertionDeletionMeasure = ({
  steps = 21,
  order = 'magnitude',
  randomOrders = 5,
  seed = 0,
}: Own<InsertionDeletionOptions> = {}): Measure => {
  const options = { steps, order, randomOrders, seed }
  checkWhole('insertion-deletion', 'steps', steps, LEAST_STEPS)
  checkWhole('insertion-deletion', 'randomOrders', randomOrders)
  checkWhole('insertion-deletion', 'seed', seed, 0)
  if (order !== 'magnitude' && order !== 'signed') {
    throw new InputError(`insertion-deletion: there is no order ${order}; expected magnitude or signed`)
  }
  return {
    name: 'insertion-deletion',
    title: 'Insertion and deletion',
    options,
    needsClean: true,
    judge: async (session, subject, { map }, asked) => {
      const { deletion, insertion } = await insertionDeletion(session, subject, map, { ...options, ...asked })
      return {
        scores: [overChance('deletion', deletion), overChance('insertion', insertion)],
        details: { deletion, insertion },
      }
    },
  }
}

/** The area under a curve over that of random orders, which is what orders of different targets can be compared by. */
const overChance = (name: string, { area, randomArea, randomDeviation }: ExchangeCurve): TraceScore => ({
  name,
  value: randomArea === 0 ? null : area / randomArea,
  note: `area ${short(area)} of T over ${short(randomArea)} of random orders (+-${short(randomDeviation)}): 1 is chance, more is better`,
})

interface InfidelityMeasureOptions extends Omit<Own<InfidelityOptions>, 'perturbation'> {
  /** Of the Gaussian noise that maps of slopes meet; 0.02 if not given. */
  readonly deviation?: number
  /** Side in pixels of the blocks that maps of shares meet, and what fills them; 4 and 'mean' if not given. */
  readonly block?: number
  readonly fill?: Fill
}

const infidelityMeasure = ({
  draws = 64,
  deviation = 0.02,
  block = 4,
  fill = 'mean',
  optimalScaling = false,
  seed = 0,
}: InfidelityMeasureOptions = {}): Measure => {
  checkWhole('infidelity', 'draws', draws)
  checkAboveZero('infidelity', 'deviation', deviation)
  checkWhole('infidelity', 'block', block)
  checkFill('infidelity', fill)
  checkWhole('infidelity', 'seed', seed, 0)
  return {
    name: 'infidelity',
    title: 'Infidelity',
    options: { draws, deviation, block, fill, optimalScaling, seed },
    needsClean: false,
    judge: async (session, subject, { map }, asked) => {
      if (map.name !== INPUT) {
        throw new InputError(
          `infidelity: the map is of ${map.name}; expected one of the input, which is what is perturbed`,
        )
      }
      const shares = map.units === 'target'
      const perturbation: Perturbation = shares ? { kind: 'block', side: block, fill } : { kind: 'gaussian', deviation }
      const options = { perturbation, draws, optimalScaling, seed }
      const found = await infidelity(session, subject, map, { ...options, ...asked })
      const how = shares ? `blocks of ${block}x${block} filled by ${fill}` : `Gaussian noise of ${deviation}`
      const scale = optimalScaling ? `, map scaled by ${short(found.scale)}` : ''
      const note = `mean squared miss ${short(found.infidelity)} for ${how}${scale}; over that of a map of zeros: 0 is best, 1 no better`
      return { scores: [{ name: 'infidelity', value: found.relative, note }], details: { ...found, perturbation } }
    },
  }
}

const maxSensitivityMeasure = ({
  draws = 10,
  radius = 0.02,
  seed = 0,
  fixedCost = true,
}: Own<MaxSensitivityOptions> = {}): Measure => {
  const options = { draws, radius, seed, fixedCost }
  checkWhole('max-sensitivity', 'draws', draws)
  checkAboveZero('max-sensitivity', 'radius', radius)
  checkWhole('max-sensitivity', 'seed', seed, 0)
  return {
    name: 'max-sensitivity',
    title: 'Max-sensitivity',
    options,
    needsClean: false,
    judge: async (session, subject, { explainer, map }, asked) => {
      const found = await maxSensitivity(session, subject, explainer, { ...options, ...asked, map: map.name })
      const note = `largest change of the map, of its length, in ${draws} draws within ${radius}${costNote(explainer, fixedCost)}: 0 does not move`
      return { scores: [{ name: 'max-sensitivity', value: found.maxSensitivity, note }], details: { ...found } }
    },
  }
}

/** That an explanation was made otherwise than it was asked for, where it was. */
const costNote = ({ atFixedCost }: Explainer, fixedCost: boolean): string =>
  fixedCost && atFixedCost !== undefined ? `, each made with ${optionsText(atFixedCost.options)}` : ''

const optionsText = (options: NamedOptions): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

const randomisationMeasure = ({
  draw = 'initial',
  seed = 0,
  fixedCost = true,
}: Own<ParameterRandomisationOptions> = {}): Measure => {
  if (draw !== 'initial' && draw !== 'present') {
    throw new InputError(`randomisation: there is no draw ${draw}; expected initial or present`)
  }
  checkWhole('randomisation', 'seed', seed, 0)
  const options = { draw, seed, fixedCost }
  return {
    name: 'randomisation',
    title: 'Parameter randomisation',
    options,
    needsClean: false,
    judge: async (session, subject, { explainer, map }, asked) => {
      const found = await parameterRandomisation(session, subject, explainer, { ...options, ...asked, map: map.name })
      const steps = found.steps.map(({ map: _, ...step }) => step)
      const { randomNetworks } = found
      const cascade = steps.map(({ layer, rankCorrelation }) => `${layer} ${shortOrDash(rankCorrelation)}`)
      const last = steps.at(-1)
      return {
        scores: [
          {
            name: 'randomised',
            value: last?.rankCorrelation ?? null,
            note: `rank correlation with the map of the trained network when all layers are random${costNote(explainer, fixedCost)}: 0 has nothing left of it; layer after layer from the output: ${cascade.join(', ')}`,
          },
          {
            name: 'randomised |map|',
            value: last?.magnitudeRankCorrelation ?? null,
            note: 'the same of magnitudes: these keep what any network draws, see the next',
          },
          {
            name: 'random |map|',
            value: randomNetworks.magnitudeRankCorrelation,
            note: 'rank correlation of the magnitudes of two networks of random parameters: what any network of this architecture draws of this image and target',
          },
        ],
        details: { steps, randomNetworks },
      }
    },
  }
}

const shortOrDash = (value: number | null): string => (value === null ? '-' : short(value))
const short = (value: number): string => String(Number(value.toPrecision(3)))

const FIXED_COST = 'fixedCost=false refines each path as it was asked for; else one rule of 32 nodes stands for it'

const MEASURES: readonly (readonly [factory: Factory<Measure>, about?: string])[] = [
  [
    insertionDeletionMeasure,
    'order=signed for maps that say how much a pixel raised the target, such as the noise path',
  ],
  [infidelityMeasure, 'maps of slopes meet Gaussian noise of a deviation, maps of shares blocks with a fill'],
  [maxSensitivityMeasure, FIXED_COST],
  [randomisationMeasure, `draw=present shuffles the trained parameters instead of drawing initial ones; ${FIXED_COST}`],
]

/** A measure that can be asked for by its name. */
export interface CataloguedMeasure extends Pick<Measure, 'name' | 'title' | 'options' | 'needsClean'> {
  /** What its options do that their names do not say. */
  readonly about: string | undefined
}

/** All measures. */
export const measureCatalogue: readonly CataloguedMeasure[] = MEASURES.map(([factory, about]) => {
  const { name, title, options, needsClean } = usual(factory)
  return { name, title, options, needsClean, about }
})

/**
 * The measure of a name with some of its options.
 * @throws InputError when there is none of the name, it has no such option, or the value is not of its kind or refused.
 */
export function measureOf(name: string, options: NamedOptions = {}): Measure {
  const names = measureCatalogue.map((each) => each.name)
  const [factory] = MEASURES[names.indexOf(name)] ?? []
  if (factory === undefined) throw new InputError(`there is no measure ${name}; expected one of ${names.join(', ')}`)
  return withOptions(factory, options, `the measure ${name}`)
}
