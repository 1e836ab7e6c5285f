import { InputError, showShape, type Variable } from '@noisescope/core'
import type { Biases } from './convolution-block.ts'
import type { Layer } from './layers.ts'
import type { Model } from './model.ts'
import type { StoredTensor } from './safetensors.ts'

/** A model whose shape was recognised from stored tensors, and its values, which all fit. */
export interface RecognisedModel<Options> {
  readonly model: Model
  /** What the model was built with. */
  readonly options: Options
  /** What to write to the device. */
  readonly values: ReadonlyMap<Variable, Float32Array>
}

/** What PyTorch's DataParallel puts before every name. */
const WRAPPER = 'module.'
/** Batch norm's counter, which nothing here needs. */
const COUNTER = '.num_batches_tracked'

/** The tensors of a PyTorch state dict without the prefix `module.` and without batch norm's counters. */
export const plainStateDict = (tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> =>
  new Map(
    [...tensors]
      .filter(([name]) => !name.endsWith(COUNTER))
      .map(([name, tensor]) => [name.startsWith(WRAPPER) ? name.slice(WRAPPER.length) : name, tensor]),
  )

/** A chain of convolutions as its stored tensors show it. */
export interface RecognisedChain {
  readonly depth: number
  readonly width: number
  /** Channels that the first convolution takes. */
  readonly inputs: number
  /** Channels that the last one gives. */
  readonly outputs: number
  readonly bias: Biases
  readonly batchNorm: boolean
  /** The stored name of a variable of the chain's layers. */
  storedNames(layers: readonly Layer[]): (name: string) => string
}

/** Our own numbered convolutions: conv_1, conv_2, ... */
const OWN_PREFIX = 'conv_'

/**
 * Recognises conv + ReLU, (conv [+ batch norm] + ReLU) x (depth - 2), conv in stored tensors: by our own names, or numbered
 * through as in a PyTorch `Sequential`, `dncnn.0.weight` or `model.0.weight`.
 * @param tensors as `plainStateDict` gives them.
 * @param source what the tensors are from, for messages.
 * @throws InputError when they hold no such chain.
 */
export function recogniseChain(tensors: ReadonlyMap<string, StoredTensor>, source: string): RecognisedChain {
  const convolutions = numbered(tensors).filter(({ kind, tensor }) => kind === 'weight' && tensor.shape.length === 4)
  const [first] = convolutions
  const last = convolutions.at(-1)
  if (first === undefined || last === undefined || convolutions.length < 2) {
    throw unrecognised(
      source,
      tensors,
      'at least two convolutions, numbered as in dncnn.0.weight, model.0.weight or conv_1.weight',
    )
  }
  const stray = convolutions.find(({ prefix }) => prefix !== first.prefix)
  if (stray !== undefined) {
    throw unrecognised(source, tensors, `one row of convolutions, not both ${first.name} and ${stray.name}`)
  }
  const { prefix } = first
  const batchNorm = [...tensors.keys()].some((name) => name.endsWith('.running_mean'))
  const highest = Math.max(...numbered(tensors).flatMap((entry) => (entry.prefix === prefix ? [entry.number] : [])))
  const depth = prefix === OWN_PREFIX ? highest : depthOfSequential(highest, batchNorm)
  if (depth > 2 * convolutions.length) {
    throw unrecognised(source, tensors, `${depth} convolutions, as its names count; it has ${convolutions.length}`)
  }
  const [inputs = 0, outputs = 0] = [first.tensor.shape[1], last.tensor.shape[0]]
  // A chain ends in an image, or in the pixels that make one up: never in more channels than it takes.
  if (outputs > inputs && depth === convolutions.length) {
    throw unrecognised(
      source,
      tensors,
      `a last convolution that gives an image; ${last.name}, the last here, gives ${outputs} channels where the first takes ` +
        `${inputs}: are those after it missing?`,
    )
  }
  const hasBias = ({ name }: Numbered) => tensors.has(name.replace(/weight$/, 'bias'))
  const [outer, inner] = [[first, last].some(hasBias), convolutions.slice(1, -1).some(hasBias)]
  return {
    depth,
    width: first.tensor.shape[0] ?? 0,
    inputs,
    outputs,
    bias: inner || (outer && convolutions.length === 2) ? 'all' : outer ? 'outer' : 'none',
    batchNorm,
    storedNames: (layers) => (prefix === OWN_PREFIX ? (name) => name : sequentialNames(prefix, layers)),
  }
}

/** From the highest number in a Sequential of conv, ReLU, (conv, [batch norm,] ReLU) x (depth - 2), conv. */
const depthOfSequential = (highest: number, batchNorm: boolean): number =>
  batchNorm ? Math.ceil((highest - 2) / 3) + 2 : Math.ceil(highest / 2) + 1

/** A PyTorch Sequential calls every layer, with variables or without, by its place. */
function sequentialNames(prefix: string, layers: readonly Layer[]): (name: string) => string {
  const names = new Map(
    layers.flatMap(({ name: layer, parameters, statistics }, place) =>
      [...parameters, ...statistics].map(({ name }) => [name, `${prefix}${place}${name.slice(layer.length)}`] as const),
    ),
  )
  return (name) => names.get(name) ?? name
}

interface Numbered {
  readonly name: string
  readonly prefix: string
  readonly number: number
  /** weight, bias, running_mean, running_var. */
  readonly kind: string
  readonly tensor: StoredTensor
}

/** The tensors whose names end in a number and a kind, in the order of the numbers. */
function numbered(tensors: ReadonlyMap<string, StoredTensor>): Numbered[] {
  return [...tensors]
    .flatMap(([name, tensor]) => {
      const [, prefix, number, kind] = /^(.*?)(\d{1,4})\.(\w+)$/.exec(name) ?? []
      if (prefix === undefined || kind === undefined) return []
      return [{ name, prefix, number: Number(number), kind, tensor }]
    })
    .sort((a, b) => a.number - b.number)
}

/** The refusal of tensors that are of another kind of model. */
export function unrecognised(source: string, tensors: ReadonlyMap<string, StoredTensor>, expected: string): InputError {
  const [found] = tensors
  const holds = found === undefined ? 'nothing' : `${found[0]} ${showShape(found[1].shape)} and others`
  return new InputError(`${source} holds ${holds}; expected ${expected}`)
}
