import type { StoredLayer, StoredTensor } from '@noisescope/nn'
import { MAX_BYTES_PER_STORED_BYTE } from './limits.ts'
import type { MatlabFile, MatlabValue } from './matlab/value.ts'
import type { Refuse } from './refusal.ts'

type Struct = Extract<MatlabValue, { kind: 'struct' }>
type Numbers = Extract<MatlabValue, { kind: 'numbers' }>

/** A network as MatConvNet's simplenn has it: what its layers are, and their weights as PyTorch has them. */
export interface MatConvNet {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly layers: readonly StoredLayer[]
}

/** Structs in structs and cells that are looked into for networks. */
const MAX_DEPTH = 3
/** Cells and structs that are looked at in search of networks, each as often as others hold it. */
const MAX_LOOKS = 10_000
/** Files of less than this may claim as much as one of it. */
const SMALL_FILE_BYTES = 65_536
/** Layers that do nothing when a trained network runs, or that only arrange pixels. */
const WITHOUT_EFFECT = new Set(['SubP', 'concat', 'dropout', 'loss', 'softmaxloss', 'pdist'])

/**
 * The network of a MATLAB file that MatConvNet saved (vl_simplenn), such as those of DnCNN, FFDNet and IRCNN. Layers are
 * `layers.N`, numbered from 1; filters are turned from height x width x in x out to OIHW; an FFDNet's pixels, which MATLAB
 * unshuffles down the columns, are put in PyTorch's order.
 * @param fileBytes size of the file, which bounds that of the tensors.
 * @param wanted number of the network, from 1, where the file has several.
 * @throws the refusal, when there is none, or several of which none is wanted.
 */
export function readMatConvNet(
  { variables, finish }: MatlabFile,
  fileBytes: number,
  refuse: Refuse,
  wanted: string | undefined,
): MatConvNet {
  const networks = networksIn(variables, refuse)
  if (networks.length === 0) {
    const names = [...variables.keys()].slice(0, 10).join(', ')
    return refuse(`it holds no network of MatConvNet (a struct with a cell of layers), only the variables ${names}`)
  }
  const network = chosen(networks, wanted, refuse)
  const layers = network.flatMap((value) => (value.kind === 'struct' ? [value] : []))
  const read: ReadLayer[] = []
  let bytes = 0
  for (const [i, layer] of layers.entries()) {
    const each = readLayer(layer, `layers.${i + 1}`, refuse)
    bytes += each.tensors.reduce((sum, [, { data }]) => sum + data.byteLength, 0)
    if (bytes > MAX_BYTES_PER_STORED_BYTE * Math.max(fileBytes, SMALL_FILE_BYTES))
      refuse(`its layers claim more than ${MAX_BYTES_PER_STORED_BYTE} bytes for each of the file`)
    read.push(each)
  }
  const tensors = new Map(read.flatMap((layer) => layer.tensors))
  const shuffled = layers.some((layer) => textIn(layer, 'type') === 'SubP')
  finish()
  return { layers: read.map(({ layer }) => layer), tensors: shuffled ? rowsFirst(tensors) : tensors }
}

type Layers = readonly MatlabValue[]

function chosen(networks: readonly Layers[], wanted: string | undefined, refuse: Refuse): Layers {
  const [only] = networks
  if (wanted === undefined && networks.length === 1 && only !== undefined) return only
  const range = `1 to ${networks.length}`
  if (wanted === undefined)
    return refuse(
      `it holds ${networks.length} networks; say which behind the name of the file, as #1 (${range}; the 25 of an IRCNN are for noise ` +
        'of sigma 2, 4, ... 50 of 255)',
    )
  return networks[Number(wanted) - 1] ?? refuse(`it has no network #${wanted}; expected ${range}`)
}

/** The cells of layers in variables, and in structs and cells of them. */
function networksIn(variables: ReadonlyMap<string, MatlabValue>, refuse: Refuse): Layers[] {
  let looks = 0
  const within = (value: MatlabValue | undefined, depth: number): Layers[] => {
    if (++looks > MAX_LOOKS) refuse('its cells hold one another too often')
    if (value === undefined || depth > MAX_DEPTH) return []
    if (value.kind === 'cell') return value.items().flatMap((item) => within(item, depth + 1))
    if (value.kind !== 'struct') return []
    return Array.from({ length: Math.min(value.elements, MAX_LOOKS) }, (_, element) => {
      const layers = value.field('layers', element)
      return layers?.kind === 'cell' ? [layers.items()] : within(value.field('net', element), depth + 1)
    }).flat()
  }
  return [...variables.values()].flatMap((value) => within(value, 0))
}

interface ReadLayer {
  readonly layer: StoredLayer
  readonly tensors: readonly (readonly [string, StoredTensor])[]
}

function readLayer(layer: Struct, name: string, refuse: Refuse): ReadLayer {
  const called = textIn(layer, 'type') ?? '(none)'
  if (called === 'conv') return convolution(layer, name, refuse)
  if (called === 'bnorm') return batchNorm(layer, name, refuse)
  const leaks = called === 'relu' && numberIn(layer, 'leak') !== 0
  const kind = called === 'relu' && !leaks ? 'relu' : WITHOUT_EFFECT.has(called) ? 'none' : 'other'
  return { layer: { name, called: leaks ? 'leaky relu' : called, kind }, tensors: [] }
}

function convolution(layer: Struct, name: string, refuse: Refuse): ReadLayer {
  const [filters = layer.field('filters'), biases = layer.field('biases')] = weightsOf(layer)
  if (filters?.kind !== 'numbers' || filters.shape.length > 4) return refuse(`its layer ${name} has no filters`)
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filters.shape
  const dilation = numberIn(layer, 'dilate') || 1
  const unusual = unusualConvolution(layer, height, width, dilation)
  const tensors: [string, StoredTensor][] = [
    [
      `${name}.weight`,
      { shape: [outputs, inputs, height, width], data: turned(filters, height, width, inputs, outputs) },
    ],
  ]
  const offsets = biases?.kind === 'numbers' ? Float32Array.from(biases.values()) : new Float32Array()
  if (offsets.length > 0) tensors.push([`${name}.bias`, { shape: [offsets.length], data: offsets }])
  const told = { name, called: 'conv', kind: 'convolution', dilation } as const
  return { layer: unusual === undefined ? told : { ...told, unusual }, tensors }
}

/** What of a convolution does not keep the image's size. */
function unusualConvolution(layer: Struct, height: number, width: number, dilation: number): string | undefined {
  const stride = numbersIn(layer, 'stride')
  if (!stride.every((step) => step === 1)) return `a stride of ${stride.join('x')}`
  const pad = numbersIn(layer, 'pad')
  const expected = (dilation * (Math.max(height, width) - 1)) / 2
  return pad.every((pixels) => pixels === expected) && pad.length > 0
    ? undefined
    : `a padding of ${pad.join(', ') || 0}`
}

/** MatConvNet keeps the mean and the square root of variance and eps, so that nothing is to be added. */
function batchNorm(layer: Struct, name: string, refuse: Refuse): ReadLayer {
  const [gains, biases, moments] = weightsOf(layer)
  if (gains?.kind !== 'numbers' || biases?.kind !== 'numbers' || moments?.kind !== 'numbers')
    return refuse(`its layer ${name} has no gains, biases and moments`)
  const [gamma, beta, both] = [gains, biases, moments].map((part) => Float32Array.from(part.values()))
  const channels = gamma?.length ?? 0
  if (beta?.length !== channels || both?.length !== 2 * channels)
    return refuse(`its layer ${name} has ${both?.length} moments of ${channels} channels`)
  const values = {
    weight: gamma ?? new Float32Array(),
    bias: beta,
    running_mean: both.slice(0, channels),
    running_var: both.slice(channels).map((deviation) => deviation ** 2),
  }
  return {
    layer: { name, called: 'bnorm', kind: 'batch-norm', eps: 0 },
    tensors: Object.entries(values).map(([kind, data]) => [`${name}.${kind}`, { shape: [channels], data }]),
  }
}

const weightsOf = (layer: Struct): readonly (MatlabValue | undefined)[] => {
  const weights = layer.field('weights')
  return weights?.kind === 'cell' ? weights.items() : []
}

function textIn(layer: Struct, name: string): string | undefined {
  const value = layer.field(name)
  return value?.kind === 'text' ? value.text : undefined
}

/** A few numbers of a layer's settings. */
function numbersIn(layer: Struct, name: string): number[] {
  const value = layer.field(name)
  const isFew = value?.kind === 'numbers' && value.shape.reduce((product, size) => product * size, 1) <= 4
  return isFew ? Array.from(value.values()) : []
}

const numberIn = (layer: Struct, name: string): number => numbersIn(layer, name)[0] ?? 0

/** Filters of height x width x in x out, their first axis running fastest, as out x in x height x width, their last. */
function turned(filters: Numbers, height: number, width: number, inputs: number, outputs: number): Float32Array {
  const values = filters.values()
  const data = new Float32Array(values.length)
  let from = 0
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let x = 0; x < width; x++)
        for (let y = 0; y < height; y++)
          data[((output * inputs + input) * height + y) * width + x] = values[from++] as number
  return data
}

/** Pixels of a cell: MATLAB numbers them down the columns, PyTorch along the rows. */
const CELL_ORDER = [0, 2, 1, 3]

/** The tensors of an FFDNet whose first convolution takes, and last one gives, the pixels of cells in PyTorch's order. */
function rowsFirst(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const weights = [...tensors].filter(([, { shape }]) => shape.length === 4)
  const [first] = weights[0] ?? []
  const [last = ''] = weights.at(-1) ?? []
  const lastBias = last.replace(/weight$/, 'bias')
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const inputs = name === first ? reordered(tensor, 1) : tensor
      return [name, name === last || name === lastBias ? reordered(inputs, 0) : inputs]
    }),
  )
}

/** The tensor with the channels of one axis in the order of cells; a noise map, which is no full cell, stays last. */
function reordered({ shape, data }: StoredTensor, axis: number): StoredTensor {
  const extent = shape[axis] ?? 1
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const cells = extent - (extent % CELL_ORDER.length)
  return {
    shape,
    data: data.map((value, i) => {
      const channel = Math.floor(i / inner) % extent
      if (channel >= cells) return value
      const place = channel % CELL_ORDER.length
      return data[i + ((CELL_ORDER[place] ?? place) - place) * inner] as number
    }),
  }
}
