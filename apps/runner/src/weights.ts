import { readFile } from 'node:fs/promises'
import type { AutoencoderEnd } from '@noisescope/autoencoder'
import { type Device, InputError } from '@noisescope/core'
import { type Model, plainStateDict, type RecognisedModel, variablesOf, writeSafetensors } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import { readWeights } from '@noisescope/weights'
import { likelyKind, type ModelKind, type ModelOptions, modelKind, type SigmaRange } from './models.ts'
import { noiseFromJson } from './noise-options.ts'
import { type ShippedChoice, shippedWeights } from './shipped-weights.ts'
import { sigmaRange, type TrainedNoise, typicalNoise } from './trained-noise.ts'

/** What a file of weights says of itself, besides free entries for people. */
export interface WeightsRecord {
  readonly model: string
  readonly options: ModelOptions
  readonly noise: TrainedNoise
  readonly dataset: string
}

/** A trained model, its weights not yet on a device. */
export interface TrainedModel {
  readonly kind: ModelKind
  readonly model: Model
  readonly options: ModelOptions
  readonly path: string
  /** The weights came along with the program. */
  readonly shipped: boolean
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

/** The present weights of a model as a safetensors file that tells how they came about. */
export async function encodeWeights(
  device: Device,
  model: Model,
  { model: name, options, noise, dataset }: WeightsRecord,
  more: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const variables = variablesOf(model)
  const values = await device.read(variables)
  const tensors = new Map(
    variables.map(({ name, shape }, i) => [name, { shape, data: values[i] ?? new Float32Array() }]),
  )
  const range = sigmaRange(noise)
  return writeSafetensors(tensors, {
    model: name,
    options: JSON.stringify(options),
    noise: JSON.stringify(typicalNoise(noise)),
    ...(range === undefined ? {} : { sigma: JSON.stringify(range) }),
    dataset,
    ...more,
  })
}

/** Which weights to use: those of a file, or shipped ones. */
export interface WeightsChoice extends ShippedChoice {
  /** A file of weights in any known format. */
  readonly weights?: string | undefined
  /** How the autoencoder ends, whatever the file says. */
  readonly end?: AutoencoderEnd | undefined
}

/**
 * Reads weights: those of the file, else the shipped ones that fit best what is asked for. The model is the one that the file
 * names, else the one asked for, else what its tensors look like.
 * @throws InputError when the file is missing, no file of weights, or of another model.
 */
export async function loadWeights(choice: WeightsChoice = {}): Promise<TrainedModel> {
  const path = choice.weights ?? shippedWeights(choice)
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const remedy =
      choice.weights === undefined
        ? 'train your own (noisescope train) and give --weights FILE'
        : 'give a model.safetensors'
    const finding = cause.code === 'ENOENT' ? 'there are no weights' : `the weights cannot be read (${cause.code}):`
    throw new InputError(`${finding} ${path}; ${remedy}`, { cause })
  })
  const { tensors, metadata: notes, format } = await readWeights(bytes, path)
  const metadata = format === 'safetensors' ? notes : {}
  if (metadata.settings !== undefined && tensors.has('run.losses')) {
    throw new InputError(`${path} is the checkpoint of a training; give the model.safetensors beside it`)
  }
  const plain = plainStateDict(tensors)
  const kind = kindOf(path, metadata.model, choice.model, likelyKind(plain))
  const said = optionsFrom(metadata.options, path)
  const wanted = choice.end === undefined ? said : { ...said, end: choice.end }
  const { model, values, options } = kind.recognise(plain, path, wanted)
  return {
    kind,
    model,
    options,
    path,
    shipped: choice.weights === undefined,
    values,
    format,
    notes: metadata,
    noise: metadata.noise === undefined ? undefined : noiseFromJson(metadata.noise, path),
    sigma: sigmaOf(metadata, kind, path),
    dataset: metadata.dataset,
    place: (device) => {
      for (const [variable, data] of values) device.write(variable, data)
    },
  }
}

function kindOf(
  path: string,
  recorded: string | undefined,
  asked: string | undefined,
  likely: ModelKind | undefined,
): ModelKind {
  const stored = recorded === undefined ? likely : modelKind(recorded)
  if (asked === undefined) {
    if (stored !== undefined) return stored
    throw new InputError(
      `${path} does not say which model it is of, and its tensors are like those of none; give --model`,
    )
  }
  const kind = modelKind(asked)
  if (stored !== undefined && stored.family !== kind.family) {
    const how = recorded === undefined ? 'looks like weights of' : 'holds weights of'
    throw new InputError(
      `${path} ${how} the model ${stored.name}, not of ${kind.name}; leave --model out, or give others`,
    )
  }
  return kind
}

/** Levels of noise of a file: as it says, else those of a blind model's recipe; a network of one level may be of any. */
function sigmaOf(
  { sigma, noise }: Readonly<Record<string, string>>,
  kind: ModelKind,
  path: string,
): SigmaRange | undefined {
  if (sigma !== undefined) return rangeFrom(sigma, path)
  if (noise !== undefined || kind.takes === 'tiles') return undefined
  const recipe = kind.recipe({}).sigma
  return recipe.min === recipe.max ? undefined : recipe
}

function rangeFrom(text: string, path: string): SigmaRange {
  try {
    const { min, max } = JSON.parse(text) as Partial<SigmaRange>
    if (typeof min === 'number' && typeof max === 'number' && 0 <= min && min <= max) return { min, max }
  } catch {
    // Falls through to the refusal: text that is no JSON is no range either.
  }
  throw new InputError(`${path} has the noise levels ${text}; expected as in {"min":0,"max":0.2}, on 0..1`)
}

/** The options that a file says of its model; none where it says nothing. @throws InputError when they are unknown. */
export function optionsFrom(text: string | undefined, path: string): ModelOptions {
  if (text === undefined) return {}
  try {
    const options = JSON.parse(text) as ModelOptions
    if (typeof options === 'object' && options !== null && [undefined, 'sigmoid', 'linear'].includes(options.end)) {
      return options
    }
  } catch {
    // Falls through to the refusal: text that is no JSON is as unknown as an unknown end.
  }
  throw new InputError(`${path} has the model options ${text}, which this version does not know`)
}
