import type { AutoencoderEnd } from '@noisescope/autoencoder'
import { type Device, InputError } from '@noisescope/core'
import { type Model, plainStateDict, type RecognisedModel, type StoredTensor } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import { readWeights } from '@noisescope/weights'
import { likelyKind, type ModelKind, type ModelOptions, modelKind, type SigmaRange } from './models.ts'
import { nearestModel } from './nearest-model.ts'
import { noiseFromJson } from './noise-json.ts'
import { optionsFrom, sigmaRangeFrom } from './weights-notes.ts'

/** A trained model as a file of weights holds it, not yet on a device. */
export interface StoredModel {
  readonly kind: ModelKind
  readonly model: Model
  readonly options: ModelOptions
  /** What it was trained on, where the file says so; of a range of levels a typical one. */
  readonly noise: Noise | undefined
  /** Levels of Gaussian noise that it was trained on, on 0..1, where they are known. */
  readonly sigma: SigmaRange | undefined
  readonly dataset: string | undefined
  readonly values: RecognisedModel<ModelOptions>['values']
  /** The kind of file, and what a safetensors file says of itself. */
  readonly format: string
  readonly notes: Readonly<Record<string, string>>
  /** Puts the weights on a device. */
  place(device: Device): void
}

/** Which model weights are taken for. */
export interface OpenWeightsOptions {
  /** Name of the model; what the file says, or its tensors look like, where not given. */
  readonly model?: string | undefined
  /** How the autoencoder ends, whatever the file says. */
  readonly end?: AutoencoderEnd | undefined
  /** Which one of several networks in the file, as `readWeights` takes it. */
  readonly network?: string | undefined
}

/**
 * Opens the bytes of a file of weights in any known format. The model is the one that the file names, else the one asked for,
 * else what its tensors look like.
 * @param name of the file, for messages.
 * @throws InputError when it is no file of weights, damaged, a training's checkpoint, or of another model.
 */
export async function openWeights(
  bytes: Uint8Array,
  name: string,
  { model: asked, end, network }: OpenWeightsOptions = {},
): Promise<StoredModel> {
  const { tensors, metadata, format, ...structure } = await readWeights(bytes, name, network)
  // What others say of themselves is of other programs, but for a Keras model's end, which its description gives.
  const notes = format === 'safetensors' || format.startsWith('keras') ? metadata : {}
  if (notes.settings !== undefined && tensors.has('run.losses')) {
    throw new InputError(`${name} is the checkpoint of a training; give the model.safetensors beside it`)
  }
  const plain = plainStateDict(tensors)
  const kind = kindOf(name, plain, notes.model, asked, likelyKind(plain, structure))
  const said = optionsFrom(notes.options, name)
  const { model, values, options } = kind.recognise(plain, name, end === undefined ? said : { ...said, end }, structure)
  return {
    kind,
    model,
    options,
    values,
    format,
    notes,
    noise: notes.noise === undefined ? undefined : noiseFromJson(notes.noise, name),
    sigma: sigmaOf(notes, kind, name),
    dataset: notes.dataset,
    place: (device) => {
      for (const [variable, data] of values) device.write(variable, data)
    },
  }
}

function kindOf(
  name: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  recorded: string | undefined,
  asked: string | undefined,
  likely: ModelKind | undefined,
): ModelKind {
  const stored = recorded === undefined ? likely : modelKind(recorded)
  if (asked === undefined) {
    if (stored !== undefined) return stored
    throw new InputError(`${name} holds weights of no model that is known here; ${nearestModel(tensors)}`)
  }
  const kind = modelKind(asked)
  if (stored !== undefined && stored.family !== kind.family) {
    const how = recorded === undefined ? 'looks like weights of' : 'holds weights of'
    throw new InputError(
      `${name} ${how} the model ${stored.name}, not of ${kind.name}; leave --model out, or give others`,
    )
  }
  return kind
}

/** Levels of noise of a file: as it says, else those of a blind model's recipe; a network of one level may be of any. */
function sigmaOf(
  { sigma, noise }: Readonly<Record<string, string>>,
  kind: ModelKind,
  name: string,
): SigmaRange | undefined {
  if (sigma !== undefined) return sigmaRangeFrom(sigma, name)
  if (noise !== undefined || kind.takes === 'tiles') return undefined
  const recipe = kind.recipe({}).sigma
  return recipe.min === recipe.max ? undefined : recipe
}
