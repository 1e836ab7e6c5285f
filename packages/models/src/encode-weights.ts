import type { Device } from '@noisescope/core'
import { type Model, variablesOf, writeSafetensors } from '@noisescope/nn'
import type { ModelOptions } from './models.ts'
import { sigmaRange, type TrainedNoise, typicalNoise } from './trained-noise.ts'

/** What a file of weights says of itself, besides free entries for people. */
export interface WeightsRecord {
  readonly model: string
  readonly options: ModelOptions
  readonly noise: TrainedNoise
  readonly dataset: string
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
