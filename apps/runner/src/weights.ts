import { readFile } from 'node:fs/promises'
import { InputError } from '@noisescope/core'
import { type OpenWeightsOptions, openWeights, type StoredModel } from '@noisescope/models'
import { type ShippedChoice, shippedWeights } from './shipped-weights.ts'

/** A trained model, its weights not yet on a device. */
export interface TrainedModel extends StoredModel {
  readonly path: string
  /** The weights came along with the program. */
  readonly shipped: boolean
}

/** Which weights to use: those of a file, or shipped ones. */
export interface WeightsChoice extends ShippedChoice, OpenWeightsOptions {
  /** A file of weights in any known format. */
  readonly weights?: string | undefined
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
  return { ...(await openWeights(bytes, path, choice)), path, shipped: choice.weights === undefined }
}
