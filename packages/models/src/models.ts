import { type AdnetOptions, adnet, adnetFromStateDict, adnetRecipe } from '@noisescope/adnet'
import {
  AUTOENCODER_SIZE,
  type AutoencoderEnd,
  autoencoder,
  autoencoderLoss,
  autoencoderRecipe,
} from '@noisescope/autoencoder'
import { InputError, type Tensor } from '@noisescope/core'
import {
  type DncnnOptions,
  type DncnnVariant,
  dncnn,
  dncnnB,
  dncnnCompact,
  dncnnFromStateDict,
  dncnnS,
} from '@noisescope/dncnn'
import { type FfdnetOptions, ffdnet, ffdnetFromStateDict, ffdnetRecipe } from '@noisescope/ffdnet'
import { type Model, matchWeights, type Recipe, type RecognisedModel, type StoredTensor } from '@noisescope/nn'
import { renumberedConvolutions } from './keras-names.ts'

/** What a network's shape depends on, as flags give it and weights record it; what is left out is the model's own. */
export interface ModelOptions {
  /** Of the autoencoder. */
  readonly end?: AutoencoderEnd
  /** Of the others: image channels, 1 or 3. */
  readonly channels?: number
  readonly depth?: number
  readonly width?: number
  readonly bias?: DncnnOptions['bias'] | boolean
  readonly batchNorm?: boolean
}

type Loss = (output: Tensor, truth: { readonly clean: Tensor; readonly noise: Tensor }) => Tensor
type Tensors = ReadonlyMap<string, StoredTensor>
/** A range of standard deviations of Gaussian noise on 0..1. */
export type SigmaRange = Recipe['sigma']

/** A model that is known by name: what is needed to build, train and use it. */
export type ModelKind = TileModelKind | PhotographModelKind

interface AnyModelKind {
  readonly name: string
  /** Who has weights of its kind: one look at tensors tells families apart, not the networks of one. */
  readonly family: string
  /** The options that its network has. */
  readonly optionNames: readonly (keyof ModelOptions)[]
  build(options: ModelOptions, seed?: number): Model
  /**
   * The model that stored tensors are of, under whatever names are known.
   * @throws InputError when they are of another model, or listing what is missing, unexpected, misshapen or not finite.
   */
  recognise(tensors: Tensors, source: string, options: ModelOptions): RecognisedModel<ModelOptions>
}

/** A model for grey images of one small size, trained on a data set of them. */
export interface TileModelKind extends AnyModelKind {
  readonly takes: 'tiles'
  /** Side in pixels of the square tiles that it takes; larger images are cut and blended. */
  readonly tile: number
  /** What is to be expected of it on images unlike those of its training. */
  readonly caution: string
  readonly recipe: { readonly batchSize: number; readonly learningRate: number; readonly adamEps: number }
  /** The loss of its training: a scalar. */
  loss(options: ModelOptions): Loss
  lossName(options: ModelOptions): string
}

/** A fully convolutional model for images of any size, trained on patches of photographs. */
export interface PhotographModelKind extends AnyModelKind {
  readonly takes: 'photographs'
  /** How it is trained; with `sigma` for that one level or range of noise on 0..1 instead of its own. */
  recipe(options: ModelOptions, sigma?: SigmaRange): Recipe
}

const tileKind: TileModelKind = {
  name: 'autoencoder',
  family: 'autoencoder',
  takes: 'tiles',
  tile: AUTOENCODER_SIZE,
  caution:
    'this autoencoder squeezes every 28x28 tile through 4x4x16 numbers and was trained on small pictures of clothing ' +
    'or digits: photographs come out blurred',
  optionNames: ['end'],
  recipe: autoencoderRecipe,
  build: ({ end = 'sigmoid' }, seed = 0) => autoencoder({ seed, end }),
  recognise: (tensors, source, { end = 'sigmoid' }) => {
    const model = autoencoder({ end })
    return { model, options: { end }, values: matchWeights(model, renumberedConvolutions(tensors), source) }
  },
  loss: ({ end = 'sigmoid' }) => autoencoderLoss(end),
  lossName: ({ end }) => (end === 'linear' ? 'mean squared error' : 'binary cross-entropy'),
}

const CHAIN_OPTIONS = ['channels', 'depth', 'width', 'bias', 'batchNorm'] as const

const dncnnKind = (variant: DncnnVariant, recipe: PhotographModelKind['recipe']): PhotographModelKind => ({
  name: variant.name,
  family: 'dncnn',
  takes: 'photographs',
  optionNames: CHAIN_OPTIONS,
  recipe,
  build: (options, seed = 0) => dncnn({ ...variant.options, ...(options as DncnnOptions), seed }),
  recognise: (tensors, source) => dncnnFromStateDict(tensors, source),
})

const withSigma =
  (variant: DncnnVariant): PhotographModelKind['recipe'] =>
  (_, sigma) =>
    sigma === undefined ? variant.recipe : { ...variant.recipe, sigma }

const kinds: readonly ModelKind[] = [
  tileKind,
  dncnnKind(dncnnCompact, withSigma(dncnnCompact)),
  dncnnKind(dncnnS(), withSigma(dncnnS())),
  dncnnKind(dncnnB, withSigma(dncnnB)),
  {
    name: 'ffdnet',
    family: 'ffdnet',
    takes: 'photographs',
    optionNames: CHAIN_OPTIONS,
    recipe: ({ channels }, sigma) => {
      const recipe = ffdnetRecipe(channels === 3 ? 3 : 1)
      return sigma === undefined ? recipe : { ...recipe, sigma }
    },
    build: (options, seed = 0) => ffdnet({ ...(options as FfdnetOptions), seed }),
    recognise: (tensors, source) => ffdnetFromStateDict(tensors, source),
  },
  {
    name: 'adnet',
    family: 'adnet',
    takes: 'photographs',
    optionNames: ['channels', 'width', 'bias', 'batchNorm'],
    recipe: (_, sigma) => adnetRecipe(sigma),
    build: (options, seed = 0) => adnet({ ...(options as AdnetOptions), seed }),
    recognise: (tensors, source) => adnetFromStateDict(tensors, source),
  },
]

/** The models' names, for help texts and choices. */
export const modelNames: readonly string[] = kinds.map(({ name }) => name)

/** The model of a name. @throws InputError listing the known ones. */
export function modelKind(name: string): ModelKind {
  const kind = kinds.find((candidate) => candidate.name === name)
  if (kind === undefined) throw new InputError(`there is no model ${name}; expected one of ${modelNames.join(', ')}`)
  return kind
}

/** Names of tensors that only one family has, in the order in which they are looked for. */
const SIGNS: readonly (readonly [kind: string, sign: (tensors: Tensors) => boolean])[] = [
  ['autoencoder', (tensors) => [...tensors.keys()].some((name) => /^conv2d(_\d+)?\./.test(name))],
  ['adnet', (tensors) => tensors.has('conv1_1.0.weight') || tensors.has('attention.weight')],
  ['ffdnet', (tensors) => [5, 13].includes(firstConvolution(tensors)?.shape[1] ?? 0)],
  // Nothing but the depth tells the blind network of the paper from those of one level.
  ['dncnn-b', (tensors) => isDncnn(tensors) && convolutions(tensors).length === dncnnB.options.depth],
  ['dncnn-s', (tensors) => isDncnn(tensors)],
]

const isDncnn = (tensors: Tensors): boolean => [1, 3].includes(firstConvolution(tensors)?.shape[1] ?? 0)

const convolutions = (tensors: Tensors) => [...tensors].filter(([, { shape }]) => shape.length === 4)

const firstConvolution = (tensors: Tensors): StoredTensor | undefined =>
  convolutions(tensors).find(([name]) => /(^|\D)[01]\.weight$/.test(name))?.[1]

/** The model that tensors look like, by their names and shapes; undefined when like none. `tensors` as `plainStateDict` gives. */
export function likelyKind(tensors: Tensors): ModelKind | undefined {
  const [name] = SIGNS.find(([, sign]) => sign(tensors)) ?? []
  return name === undefined ? undefined : modelKind(name)
}
