import type { InputError } from '@noisescope/core'
import type { Biases } from './convolution-block.ts'
import { BATCH_NORM_EPS, type Layer } from './layers.ts'
import type { StoredTensor } from './safetensors.ts'
import { unrecognised } from './state-dict.ts'
import type { StoredLayer, StoredStructure } from './stored-layer.ts'
import { areSorted, inNetworkOrder, modulesOf, type StoredModule } from './stored-modules.ts'

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
  /** What is added to the variances, where it is known to be another than batch norm's usual one. */
  readonly batchNormEps?: number
  /** Distance of the taps of each convolution, where they are known to be others than 1. */
  readonly dilations?: readonly number[]
  /** The tensors, and zeros for the biases that some of the chain's convolutions have and others lack. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** The stored name of a variable of the chain's layers. */
  storedNames(layers: readonly Layer[]): (name: string) => string
}

type Tensors = ReadonlyMap<string, StoredTensor>

/** Our own numbered convolutions and batch norms: conv_1, conv_2, batch_norm_2, ... */
const OWN = /^(conv|batch_norm)_\d+$/
const OWN_PREFIX = 'conv_'

/** Where a chain's layers are in a file, by our own names of them, and how many convolutions it has. */
interface Places {
  readonly depth: number
  readonly moduleOf: (layer: Layer, place: number) => string
}

/**
 * Recognises conv + ReLU, (conv [+ batch norm] + ReLU) x (depth - 2), conv in stored tensors: by our own names, numbered through
 * as in a PyTorch `Sequential` (`dncnn.0.weight`), or under names of any kind by their order.
 * @param tensors as `plainStateDict` gives them.
 * @param source what the tensors are from, for messages.
 * @throws InputError when they hold no such chain, or a layer is one that the chain has not.
 */
export function recogniseChain(tensors: Tensors, source: string, structure: StoredStructure = {}): RecognisedChain {
  const modules = modulesOf(tensors)
  const refuse = (expected: string): InputError => unrecognised(source, tensors, expected)
  const isSorted = areSorted(modules.map(({ name }) => name))
  const order = (kind: StoredModule['kind']): StoredModule[] | undefined =>
    inNetworkOrder(
      modules.filter((module) => module.kind === kind),
      structure,
      isSorted,
    )
  const prefix = sequentialPrefix(modules)
  const convolutions = prefix === undefined ? order('convolution') : numberedIn(prefix, modules)
  if (convolutions === undefined) {
    throw refuse(
      'convolutions whose order is known: the file sorts them by name, and their names bear no numbers; save them with torch.save',
    )
  }
  const [first, last] = [convolutions[0], convolutions.at(-1)]
  if (first === undefined || last === undefined || convolutions.length < 2) {
    throw refuse('at least two convolutions, as in dncnn.0.weight and dncnn.2.weight')
  }
  const batchNorm = [...tensors.keys()].some((name) => name.endsWith('.running_mean'))
  const places =
    prefix === undefined
      ? placesByOrder(convolutions, batchNorm ? (order('batch-norm') ?? []) : [], refuse)
      : placesByNumber(prefix, modules, batchNorm)
  const { depth } = places
  if (depth > 2 * convolutions.length)
    throw refuse(`${depth} convolutions, as its names count; it has ${convolutions.length}`)
  const [inputs = 0, outputs = 0] = [weightOf(first)[1], weightOf(last)[0]]
  // A chain ends in an image, or in the pixels that make one up: never in more channels than it takes.
  if (outputs > inputs && depth === convolutions.length) {
    throw refuse(
      `a last convolution that gives an image; ${last.name}.weight, the last here, gives ${outputs} channels where the first ` +
        `takes ${inputs}: are those after it missing?`,
    )
  }
  const layers = structure.layers ?? []
  checkLayers(layers, refuse)
  const bias = biasesOf(convolutions)
  const eps = epsOf(structure, bias, batchNorm)
  const dilations = dilationsOf(convolutions, layers)
  return {
    depth,
    width: weightOf(first)[0] ?? 0,
    inputs,
    outputs,
    bias: bias.kind,
    batchNorm,
    ...(eps === BATCH_NORM_EPS ? {} : { batchNormEps: eps }),
    ...(dilations.every((each) => each === 1) ? {} : { dilations }),
    tensors: withEps(withBiases(tensors, convolutions, bias), layers, eps),
    storedNames: (chain) => storedNames(chain, places),
  }
}

const weightOf = ({ tensors }: StoredModule): readonly number[] => tensors.get('weight')?.shape ?? []

/** A module's name without its last number, and that number. */
function numberOf({ name }: StoredModule): { prefix: string; number: number } | undefined {
  const [, prefix, digits] = /^(.*?)(\d{1,4})$/.exec(name) ?? []
  return prefix === undefined ? undefined : { prefix, number: Number(digits) }
}

/** What all modules have before their numbers, where they are numbered through together; undefined where they are not. */
function sequentialPrefix(modules: readonly StoredModule[]): string | undefined {
  const layers = modules.filter(({ kind }) => kind !== 'other')
  if (layers.length > 0 && layers.every(({ name }) => OWN.test(name))) return OWN_PREFIX
  const prefixes = new Set(layers.map((module) => numberOf(module)?.prefix))
  const [prefix] = prefixes
  if (prefixes.size !== 1 || prefix === undefined) return undefined
  // conv1, conv2, conv3 and 1, 2, 3 count convolutions; a Sequential counts activations too, from 0.
  const lowest = Math.min(...layers.map((module) => numberOf(module)?.number ?? 0))
  const places = layers.map((module) => numberOf(module)?.number ?? 0)
  return lowest === 0 && !places.includes(1) ? prefix : undefined
}

const numberedIn = (prefix: string, modules: readonly StoredModule[]): StoredModule[] =>
  modules
    .filter((module) => module.kind === 'convolution' && numberOf(module)?.prefix === prefix)
    .toSorted((a, b) => (numberOf(a)?.number ?? 0) - (numberOf(b)?.number ?? 0))

function placesByNumber(prefix: string, modules: readonly StoredModule[], batchNorm: boolean): Places {
  const numbers = modules.flatMap((module) => {
    const { prefix: own, number = 0 } = numberOf(module) ?? {}
    return own === prefix ? [number] : []
  })
  const highest = Math.max(...numbers)
  if (prefix === OWN_PREFIX) return { depth: highest, moduleOf: ({ name }) => name }
  // From the highest number in a Sequential of conv, ReLU, (conv, [batch norm,] ReLU) x (depth - 2), conv.
  const depth = batchNorm ? Math.ceil((highest - 2) / 3) + 2 : Math.ceil(highest / 2) + 1
  return { depth, moduleOf: (_, place) => `${prefix}${place}` }
}

function placesByOrder(
  convolutions: readonly StoredModule[],
  norms: readonly StoredModule[],
  refuse: (expected: string) => InputError,
): Places {
  const broken = convolutions.findIndex(
    (module, i) => i > 0 && weightOf(module)[1] !== weightOf(convolutions[i - 1] as StoredModule)[0],
  )
  const [before, behind] = [convolutions[broken - 1], convolutions[broken]]
  if (before !== undefined && behind !== undefined) {
    throw refuse(
      `one row of convolutions; ${behind.name}.weight takes ${weightOf(behind)[1]} channels, ${before.name}.weight before it gives ` +
        `${weightOf(before)[0]}`,
    )
  }
  const depth = convolutions.length
  if (norms.length > 0 && norms.length !== depth - 2) {
    throw refuse(
      `batch norm behind every convolution but the first and the last (${depth - 2} of ${depth}), not ${norms.length} times`,
    )
  }
  return {
    depth,
    moduleOf: ({ name }) => {
      const number = Number(name.slice(name.lastIndexOf('_') + 1))
      const module = name.startsWith(OWN_PREFIX) ? convolutions[number - 1] : norms[number - 2]
      return module?.name ?? name
    },
  }
}

function storedNames(layers: readonly Layer[], { moduleOf }: Places): (name: string) => string {
  const names = new Map(
    layers.flatMap((layer, place) =>
      [...layer.parameters, ...layer.statistics].map(({ name }) => {
        const module = moduleOf(layer, place)
        const own = name.slice(layer.name.length + 1)
        return [name, module === '' ? own : `${module}.${own}`] as const
      }),
    ),
  )
  return (name) => names.get(name) ?? name
}

/** @throws what `refuse` makes, when a layer would change the result and a chain has none such. */
function checkLayers(layers: readonly StoredLayer[], refuse: (expected: string) => InputError): void {
  const other = layers.find(({ kind }) => kind === 'other')
  if (other !== undefined)
    throw refuse(`convolutions, batch norm and ReLU; its layer ${other.name} is a ${other.called}`)
  const unusual = layers.find((layer) => layer.unusual !== undefined)
  if (unusual !== undefined)
    throw refuse(`convolutions that keep the size; its layer ${unusual.name} has ${unusual.unusual}`)
  const row = layers.filter(({ kind }) => kind !== 'none')
  const stray = row.find(({ kind }, i) => kind === 'batch-norm' && row[i - 1]?.kind !== 'convolution')
  if (stray !== undefined) throw refuse(`batch norm right behind a convolution; ${stray.name} is not`)
}

/** Which convolutions have a bias, of the first, those between, and the last. */
interface StoredBiases {
  readonly kind: Biases
  readonly first: boolean
  readonly inner: boolean
  readonly last: boolean
  /** All between have one, or none has: a missing one is no damage. */
  readonly isEven: boolean
}

function biasesOf(convolutions: readonly StoredModule[]): StoredBiases {
  const has = convolutions.map(({ tensors }) => tensors.has('bias'))
  const [first = false, last = false, between] = [has[0], has.at(-1), has.slice(1, -1)]
  const inner = between.some(Boolean)
  const kind = inner || ((first || last) && has.length === 2) ? 'all' : first || last ? 'outer' : 'none'
  return { kind, first, inner, last, isEven: !inner || between.every(Boolean) }
}

/** Zeros for the biases that the chain has and its file does not: a convolution without bias is one with zeros. */
function withBiases(tensors: Tensors, convolutions: readonly StoredModule[], { kind, isEven }: StoredBiases): Tensors {
  if (kind === 'none' || !isEven) return tensors
  const needing = kind === 'all' ? convolutions : [...convolutions.slice(0, 1), ...convolutions.slice(-1)]
  const missing = needing.filter(({ tensors: own }) => !own.has('bias'))
  if (missing.length === 0) return tensors
  const zeros = missing.map((module): [string, StoredTensor] => {
    const [outputs = 0] = weightOf(module)
    return [module.name === '' ? 'bias' : `${module.name}.bias`, { shape: [outputs], data: new Float32Array(outputs) }]
  })
  return new Map([...tensors, ...zeros])
}

/** Batch norm's eps in the code of DnCNN's authors (github.com/cszn/DnCNN, dncnn_pytorch/main_train.py). */
const AUTHORS_EPS = 1e-4

/**
 * What is added to variances: the least that the layers say, else what the file does, else that of DnCNN's authors where the
 * biases are those of their code (the first convolution's alone), else the usual.
 */
function epsOf(
  { layers = [], batchNormEps }: StoredStructure,
  { first, inner, last }: StoredBiases,
  batchNorm: boolean,
): number {
  const said = layers.flatMap(({ eps }) => eps ?? [])
  if (said.length > 0) return Math.min(...said)
  if (!batchNorm) return BATCH_NORM_EPS
  return batchNormEps ?? (first && !inner && !last ? AUTHORS_EPS : BATCH_NORM_EPS)
}

/** Where layers differ in their eps, the surplus over the least is added to the variance: the same network. */
function withEps(tensors: Tensors, layers: readonly StoredLayer[], least: number): Tensors {
  const surplus = new Map(layers.map(({ name, eps = least }) => [`${name}.running_var`, eps - least]))
  if ([...surplus.values()].every((each) => each === 0)) return tensors
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const more = surplus.get(name) ?? 0
      return [name, more === 0 ? tensor : { ...tensor, data: tensor.data.map((value) => value + more) }]
    }),
  )
}

function dilationsOf(convolutions: readonly StoredModule[], layers: readonly StoredLayer[]): number[] {
  const known = new Map(layers.map(({ name, dilation = 1 }) => [name, dilation]))
  return convolutions.map(({ name }) => known.get(name) ?? 1)
}
