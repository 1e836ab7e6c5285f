import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Device, InputError, type Variable } from '@noisescope/core'
import { type Model, matchWeights, readSafetensors, variablesOf, writeSafetensors } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import { type ModelKind, type ModelOptions, modelKind } from './models.ts'
import { noiseFromJson } from './noise-options.ts'

/** What a file of weights says of itself, besides free entries for people. */
export interface WeightsRecord {
  readonly model: string
  readonly options: ModelOptions
  readonly noise: Noise
  readonly dataset: string
}

/** A trained model, its weights not yet on a device. */
export interface TrainedModel {
  readonly kind: ModelKind
  readonly model: Model
  readonly path: string
  /** What it was trained on, where the file says so. */
  readonly noise: Noise | undefined
  readonly dataset: string | undefined
  /** Puts the weights on a device. */
  place(device: Device): void
}

const SHIPPED = fileURLToPath(new URL('../weights/fashion-mnist-salt-and-pepper.safetensors', import.meta.url))

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
  return writeSafetensors(tensors, {
    model: name,
    options: JSON.stringify(options),
    noise: JSON.stringify(noise),
    dataset,
    ...more,
  })
}

/**
 * Reads weights: those of the file, or the shipped ones of the autoencoder.
 * @throws InputError when the file is missing, no safetensors file, or of another model.
 */
export async function loadWeights(path: string = SHIPPED): Promise<TrainedModel> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const remedy =
      path === SHIPPED ? 'train your own (noisescope train) and give --weights FILE' : 'give a model.safetensors'
    const finding = cause.code === 'ENOENT' ? 'there are no weights' : `the weights cannot be read (${cause.code}):`
    throw new InputError(`${finding} ${path}; ${remedy}`, { cause })
  })
  const { tensors, metadata } = readSafetensors(bytes, path)
  const kind = modelKind(metadata.model ?? 'autoencoder')
  const model = kind.build(optionsFrom(metadata.options, path))
  const names = new Set(variablesOf(model).map(({ name }) => name))
  if (![...tensors.keys()].some((name) => names.has(name))) {
    const [found = 'nothing'] = tensors.keys()
    const [expected = ''] = names
    throw new InputError(
      `${path} holds no weights of the model ${kind.name}: it has ${found} and others, expected ${expected} and others`,
    )
  }
  const values: ReadonlyMap<Variable, Float32Array> = matchWeights(model, tensors, path)
  return {
    kind,
    model,
    path,
    noise: metadata.noise === undefined ? undefined : noiseFromJson(metadata.noise, path),
    dataset: metadata.dataset,
    place: (device) => {
      for (const [variable, data] of values) device.write(variable, data)
    },
  }
}

function optionsFrom(text: string | undefined, path: string): ModelOptions {
  if (text === undefined) return { end: 'sigmoid' }
  try {
    const { end } = JSON.parse(text) as Partial<ModelOptions>
    if (end === 'sigmoid' || end === 'linear') return { end }
  } catch {
    // Falls through to the refusal: text that is no JSON is as unknown as an unknown end.
  }
  throw new InputError(`${path} has the model options ${text}; expected {"end":"sigmoid"} or {"end":"linear"}`)
}
