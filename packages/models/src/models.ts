import { type AdnetOptions, adnet, adnetFromStateDict, adnetRecipe, isAdnet } from '@noisescope/adnet'
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
  IRCNN_DILATIONS,
  ircnn,
  ircnnRecipe,
} from '@noisescope/dncnn'
import { type FfdnetOptions, ffdnet, ffdnetFromStateDict, ffdnetRecipe } from '@noisescope/ffdnet'
import {
  type Model,
  matchWeights,
  plainStructure,
  type Recipe,
  type RecognisedChain,
  type RecognisedModel,
  recogniseChain,
  type StoredStructure,
  type StoredTensor,
} from '@noisescope/nn'
import { autoencoderTensors, isAutoencoder } from './keras-names.ts'

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
  /** What batch norm adds to variances; of files alone, no flag gives it. */
  readonly batchNormEps?: number
  /** Distance of the taps of each convolution; of files alone. */
  readonly dilations?: readonly number[]
  /** What an FFDNet puts out; of files alone. */
  readonly output?: Model['output']
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
  recognise(
    tensors: Tensors,
    source: string,
    options: ModelOptions,
    structure?: StoredStructure,
  ): RecognisedModel<ModelOptions>
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
    return { model, options: { end }, values: matchWeights(model, autoencoderTensors(tensors), source) }
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
  recognise: (tensors, source, known, structure) => dncnnFromStateDict(tensors, source, structure, known),
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
    name: 'ircnn',
    family: 'dncnn',
    takes: 'photographs',
    optionNames: CHAIN_OPTIONS.filter((name) => name !== 'depth'),
    recipe: (_, sigma) => (sigma === undefined ? ircnnRecipe() : { ...ircnnRecipe(), sigma }),
    build: (options, seed = 0) => ircnn({ ...(options as DncnnOptions), seed }),
    recognise: (tensors, source, known, structure) =>
      dncnnFromStateDict(tensors, source, structure, { ...known, dilations: IRCNN_DILATIONS }),
  },
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
    recognise: (tensors, source, known, structure) => ffdnetFromStateDict(tensors, source, structure, known),
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

/** The model that tensors look like, by their names and shapes; undefined when like none. `tensors` as `plainStateDict` gives. */
export function likelyKind(tensors: Tensors, structure: StoredStructure = {}): ModelKind | undefined {
  if (isAdnet(tensors)) return modelKind('adnet')
  if (isAutoencoder(tensors)) return modelKind('autoencoder')
  const names = [...tensors.keys()]
  const chain = chainOf(tensors, structure)
  if (chain === undefined && names.some((name) => /^conv2d(_\d+)?\./.test(name))) return modelKind('autoencoder')
  if (chain === undefined) return undefined
  if ([5, 13, 15].includes(chain.inputs)) return modelKind('ffdnet')
  if (chain.inputs !== 1 && chain.inputs !== 3) return undefined
  if (isIrcnn(chain, names)) return modelKind('ircnn')
  // Nothing but the depth tells the blind network of the paper from those of one level.
  return modelKind(chain.depth === dncnnB.options.depth ? 'dncnn-b' : 'dncnn-s')
}

function chainOf(tensors: Tensors, structure: StoredStructure): RecognisedChain | undefined {
  try {
    return recogniseChain(tensors, '', plainStructure(structure))
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** Dilated as IRCNN is, or under foreign names as deep and wide as it: no DnCNN that is published is. */
function isIrcnn({ depth, width, bias, batchNorm, dilations }: RecognisedChain, names: readonly string[]): boolean {
  if (dilations !== undefined) return dilations.join() === IRCNN_DILATIONS.join()
  const foreign = !names.some((name) => name.startsWith('conv_1.'))
  return foreign && depth === IRCNN_DILATIONS.length && width === 64 && bias === 'all' && !batchNorm
}
