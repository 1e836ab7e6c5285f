import { InputError, showShape, type Variable } from '@noisescope/core'
import type { Model } from './model.ts'
import type { StoredTensor } from './safetensors.ts'
import type { StoredLayer, StoredStructure } from './stored-layer.ts'

/** A model whose shape was recognised from stored tensors, and its values, which all fit. */
export interface RecognisedModel<Options> {
  readonly model: Model
  /** What the model was built with. */
  readonly options: Options
  /** What to write to the device. */
  readonly values: ReadonlyMap<Variable, Float32Array>
}

/** What PyTorch's DataParallel and `torch.compile` put before every name. */
const WRAPPERS = /^(module\.|_orig_mod\.)+/
/** Counters of batch norm and of averaged models, which nothing here needs. */
const COUNTER = /(\.num_batches_tracked|^n_averaged)$/

const plainName = (name: string): string => name.replace(WRAPPERS, '')

/** The tensors of a PyTorch state dict without the prefixes `module.` and `_orig_mod.` and without counters. */
export const plainStateDict = (tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> =>
  new Map([...tensors].filter(([name]) => !COUNTER.test(name)).map(([name, tensor]) => [plainName(name), tensor]))

/** The structure of a file under the names that `plainStateDict` gives its tensors. */
export const plainStructure = ({ layers, ...rest }: StoredStructure): StoredStructure => ({
  ...rest,
  ...(layers === undefined
    ? {}
    : { layers: layers.map((layer): StoredLayer => ({ ...layer, name: plainName(layer.name) })) }),
})

/** The refusal of tensors that are of another kind of model. */
export function unrecognised(source: string, tensors: ReadonlyMap<string, StoredTensor>, expected: string): InputError {
  const [found] = tensors
  const holds = found === undefined ? 'nothing' : `${found[0]} ${showShape(found[1].shape)} and others`
  return new InputError(`${source} holds ${holds}; expected ${expected}`)
}
