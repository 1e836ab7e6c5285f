import {
  AUTOENCODER_SIZE,
  type AutoencoderEnd,
  autoencoder,
  autoencoderLoss,
  autoencoderRecipe,
} from '@noisescope/autoencoder'
import { InputError, type Tensor } from '@noisescope/core'
import type { Model } from '@noisescope/nn'

/** What a model's shape depends on, as weights record it. */
export interface ModelOptions {
  readonly end: AutoencoderEnd
}

/** A model that the command line knows by name: what is needed to build, train and use it. */
export interface ModelKind {
  readonly name: string
  /** Side in pixels of the square tiles that it takes; larger images are cut and blended. */
  readonly tile: number
  /** What is to be expected of it on images unlike those of its training. */
  readonly caution: string
  readonly recipe: { readonly batchSize: number; readonly learningRate: number; readonly adamEps: number }
  build(options: ModelOptions, seed?: number): Model
  /** The loss of its training: a scalar. */
  loss(options: ModelOptions): (output: Tensor, truth: { readonly clean: Tensor; readonly noise: Tensor }) => Tensor
  lossName(options: ModelOptions): string
}

const kinds: readonly ModelKind[] = [
  {
    name: 'autoencoder',
    tile: AUTOENCODER_SIZE,
    caution:
      'this autoencoder squeezes every 28x28 tile through 4x4x16 numbers and was trained on small pictures of clothing ' +
      'or digits: photographs come out blurred',
    recipe: autoencoderRecipe,
    build: ({ end }, seed = 0) => autoencoder({ seed, end }),
    loss: ({ end }) => autoencoderLoss(end),
    lossName: ({ end }) => (end === 'sigmoid' ? 'binary cross-entropy' : 'mean squared error'),
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
