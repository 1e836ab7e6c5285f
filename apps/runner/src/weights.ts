import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readWhole } from '@noisescope/core/node'
import { type OpenWeightsOptions, openWeights, type StoredModel } from '@noisescope/models'
import { type ShippedChoice, shippedWeights } from './shipped-weights.ts'

/** A trained model, its weights not yet on a device. */
export interface TrainedModel extends StoredModel {
  readonly path: string
  /** The weights came along with the program. */
  readonly shipped: boolean
  /** SHA-256 of the file as it was read, hexadecimal. */
  sha256(): string
}

/** Which weights to use: those of a file, or shipped ones. */
export interface WeightsChoice extends ShippedChoice, OpenWeightsOptions {
  /** A file of weights in any known format; of several networks in it the one behind #. */
  readonly weights?: string | undefined
}

/**
 * Reads weights: those of the file, else the shipped ones that fit best what is asked for. The model is the one that the file
 * names, else the one asked for, else what its tensors look like.
 * @throws InputError when the file is missing, no file of weights, or of another model.
 */
export async function loadWeights(choice: WeightsChoice = {}): Promise<TrainedModel> {
  const path = choice.weights ?? shippedWeights(choice)
  const { file, network } = weightsFile(path)
  const remedy =
    choice.weights === undefined
      ? 'train your own (noisescope train) and give --weights FILE'
      : 'give a model.safetensors'
  const bytes = await readWhole(file, { refusal: (finding) => `the file of weights ${file} ${finding}; ${remedy}` })
  return {
    ...(await openWeights(bytes, path, { ...choice, network })),
    path,
    shipped: choice.weights === undefined,
    sha256: () => createHash('sha256').update(bytes).digest('hex'),
  }
}

/** The file that is named, and which of several networks in it: `modelgray.mat#13`. */
export function weightsFile(path: string): { readonly file: string; readonly network?: string } {
  const at = path.lastIndexOf('#')
  return at <= 0 || existsSync(path) ? { file: path } : { file: path.slice(0, at), network: path.slice(at + 1) }
}
