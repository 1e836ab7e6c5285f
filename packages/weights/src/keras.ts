import type { StoredStructure, StoredTensor } from '@noisescope/nn'
import { type Hdf5Dataset, openHdf5 } from './hdf5/index.ts'
import { type KerasArrays, kerasArrays } from './keras-arrays.ts'
import { autoencoderEnd, KERAS_EPSILON, type KerasLayer, kerasLayers, snakeCase, storedLayer } from './keras-config.ts'
import { MAX_BYTES_PER_STORED_BYTE } from './limits.ts'
import type { Refuse } from './refusal.ts'
import { openZip } from './zip.ts'

/** The entries of a `.keras` archive that hold the weights and the description of the model. */
export const KERAS_WEIGHTS = 'model.weights.h5'
const KERAS_CONFIG = 'config.json'

/** What a Keras file holds. */
export interface KerasModel extends StoredStructure {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** Names of Keras' variables as PyTorch has them. */
const variableNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
}

const NORM = 'batch_normalization'

/**
 * Reads the weights of a Keras model, whole models too: `.h5` of Keras 2 (`conv2d/conv2d/kernel:0`) and `.weights.h5` of
 * Keras 3 (`layers/conv2d/vars/0`). Kernels are turned from HWIO to OIHW, those of dense layers from IO to OI; names
 * become `conv2d.weight`, `conv2d.bias`, and of models within the model `encoder.conv2d.weight`. Scales of 1 and offsets of 0
 * stand for those that a batch norm has not.
 * @param config the model's description as JSON, where the file itself has none.
 * @throws the refusal, when the file is damaged, lacks what it lists, or two of its arrays have one name.
 */
export function readKeras(bytes: Uint8Array, refuse: Refuse, config?: string): KerasModel {
  const file = openHdf5(bytes, refuse)
  const { layers, inOrder } = kerasArrays(file, refuse)
  const text = config ?? file.root.attributes.get('model_config')?.[0]
  const described = text === undefined ? [] : kerasLayers(String(text), refuse)
  const descriptionOf = descriptions(described)
  const layerOf = new Map(layers.map((layer) => [layer, descriptionOf(layer)]))
  const tensors = new Map<string, StoredTensor>()
  let claimed = 0
  for (const layer of layers) {
    for (const [variable, tensor] of tensorsOf(layer, layerOf.get(layer), refuse)) {
      const name = [...layer.path, variable].join('.')
      if (tensors.has(name)) refuse(`it has two arrays ${name}`)
      // One array may have many names.
      claimed += tensor.data.byteLength
      if (claimed > MAX_BYTES_PER_STORED_BYTE * bytes.length)
        refuse(`its layers have ${claimed} bytes and more, the file has ${bytes.length}`)
      tensors.set(name, tensor)
    }
  }
  file.finish()
  if (tensors.size === 0) refuse('it holds no arrays of floating-point numbers')
  const end = autoencoderEnd(described)
  return {
    tensors,
    metadata: end === undefined ? {} : { options: JSON.stringify({ end }) },
    inOrder,
    ...structure(layers, layerOf, described, [...tensors.keys()]),
  }
}

/** Reads the weights in a `.keras` archive. @throws as readKeras. */
export function readKerasArchive(bytes: Uint8Array, refuse: Refuse): KerasModel {
  const archive = openZip(bytes, refuse)
  const config = archive.has(KERAS_CONFIG) ? new TextDecoder().decode(archive.read(KERAS_CONFIG)) : undefined
  return readKeras(archive.read(KERAS_WEIGHTS), refuse, config)
}

/** The description of a layer, found by where Keras 3 stores it, or by the names that Keras 2 does. */
function descriptions(described: readonly KerasLayer[]): (layer: KerasArrays) => KerasLayer | undefined {
  const byPath = new Map(described.map((layer) => [layer.path.join('/'), layer]))
  const byName = new Map(described.map((layer) => [layer.names.join('/'), layer]))
  return ({ path }) => byPath.get(path.join('/')) ?? byName.get(path.join('/'))
}

/** Names of layers in the code of DnCNN's authors (github.com/cszn/DnCNN, dncnn_keras/main_train.py): conv1, conv3, bn4. */
const AUTHORS_NAME = /^(conv|bn)\d+$/
/** What they add to variances. */
const AUTHORS_EPSILON = 1e-4

/**
 * What is known of the layers: all, where the model is described; else what its batch norms will have added.
 * @param names of the tensors.
 */
function structure(
  layers: readonly KerasArrays[],
  layerOf: ReadonlyMap<KerasArrays, KerasLayer | undefined>,
  described: readonly KerasLayer[],
  names: readonly string[],
): StoredStructure {
  const nameOf = new Map([...layerOf].map(([{ path }, layer]) => [layer, path.join('.')]))
  if (described.length > 0 && !nameOf.has(undefined))
    return { layers: described.map((layer) => storedLayer(layer, nameOf.get(layer) ?? layer.names.join('.'))) }
  if (!names.some((name) => name.endsWith('running_mean'))) return {}
  const isAuthors = layers.every(({ path }) => path.length === 1 && AUTHORS_NAME.test(path[0] ?? ''))
  return { batchNormEps: isAuthors ? AUTHORS_EPSILON : KERAS_EPSILON }
}

function tensorsOf(layer: KerasArrays, description: KerasLayer | undefined, refuse: Refuse): [string, StoredTensor][] {
  const tensors = named(layer, description, refuse).map(([name, array]): [string, StoredTensor] => [
    name,
    outputsFirst(array),
  ])
  const names = new Set(tensors.map(([name]) => name))
  const mean = tensors.find(([name]) => name === 'running_mean')?.[1]
  if (mean === undefined) return tensors
  const constant = (value: number): StoredTensor => ({ ...mean, data: new Float32Array(mean.data.length).fill(value) })
  return [
    ...(names.has('weight') ? [] : [['weight', constant(1)] as [string, StoredTensor]]),
    ...(names.has('bias') ? [] : [['bias', constant(0)] as [string, StoredTensor]]),
    ...tensors,
  ]
}

/** The variables of a layer by the names that PyTorch has for them. Keras 3 numbers them in place of names. */
function named(
  { path, variables }: KerasArrays,
  description: KerasLayer | undefined,
  refuse: Refuse,
): [string, Hdf5Dataset][] {
  const isNumbered = [...variables.keys()].every((name) => /^\d+$/.test(name))
  if (!isNumbered) return [...variables].map(([name, array]) => [variableNames[name] ?? name, array])
  const arrays = [...variables].toSorted(([a], [b]) => Number(a) - Number(b))
  const gap = arrays.findIndex(([number], i) => number !== String(i))
  if (gap >= 0) refuse(`its layer ${path.join('/')} has no array ${gap}`)
  const kind = description === undefined ? (path.at(-1) ?? '') : snakeCase(description.className)
  const isNorm = kind.startsWith(NORM) || (arrays.length === 4 && arrays.every(([, { shape }]) => shape.length === 1))
  const names = isNorm ? normNames(arrays.length, path, description, refuse) : ['weight', 'bias']
  return arrays.map(([number, array], i) => [names[i] ?? number, array])
}

/** Names of a batch norm's variables, of which scale and offset may be left out. */
function normNames(
  count: number,
  path: readonly string[],
  description: KerasLayer | undefined,
  refuse: Refuse,
): string[] {
  const statistics = ['running_mean', 'running_var']
  if (count === 2) return statistics
  if (count !== 3) return ['weight', 'bias', ...statistics]
  if (description === undefined)
    return refuse(
      `its layer ${path.join('/')} lacks scale or offset, and nothing says which of them; give the whole model (.keras)`,
    )
  return [description.config.scale === false ? 'bias' : 'weight', ...statistics]
}

/** A kernel with its last axis, the outputs, first, then the inputs, then the places; everything else as it is. */
function outputsFirst(array: Hdf5Dataset): StoredTensor {
  const { shape } = array
  const values = array.floats()
  if (shape.length !== 2 && shape.length !== 4) return { shape, data: values }
  const places = shape.slice(0, -2)
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const area = places.reduce((product, size) => product * size, 1)
  const data = new Float32Array(values.length)
  let from = 0
  for (let place = 0; place < area; place++)
    for (let input = 0; input < inputs; input++)
      for (let output = 0; output < outputs; output++)
        data[(output * inputs + input) * area + place] = values[from++] as number
  return { shape: [outputs, inputs, ...places], data }
}
