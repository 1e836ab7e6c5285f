import type { StoredTensor } from '@noisescope/nn'
import { type Hdf5Dataset, type Hdf5Group, openHdf5 } from './hdf5/index.ts'
import type { Refuse } from './refusal.ts'
import { openZip } from './zip.ts'

/** The entry of a `.keras` archive that holds the weights. */
export const KERAS_WEIGHTS = 'model.weights.h5'

/** Groups beside the layers, which hold the state of the training. */
const TRAINING_STATE = new Set(['optimizer_weights', 'optimizer', '_optimizer', 'metrics', '_metrics'])

/** Names of Keras' variables as PyTorch has them. */
const variableNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
}

/** Names of a layer's variables by their number, where Keras 3 does not name them: batch norm has four, others two. */
const numberedNames = ['weight', 'bias', 'running_mean', 'running_var']

/**
 * Reads the weights of a Keras model, whole models too: `.h5` of Keras 2 (`conv2d/conv2d/kernel:0`) and `.weights.h5` of
 * Keras 3 (`layers/conv2d/vars/0`). Kernels are turned from HWIO to OIHW, those of dense layers from IO to OI; names
 * become `conv2d.weight`, `conv2d.bias`.
 * @throws the refusal, when the file is damaged, or two of its arrays have one name.
 */
export function readKeras(bytes: Uint8Array, refuse: Refuse): Map<string, StoredTensor> {
  const file = openHdf5(bytes, refuse)
  const tensors = new Map<string, StoredTensor>()
  const walk = (group: Hdf5Group): void => {
    for (const [name, object] of group.entries()) {
      if (object.kind === 'group' && !TRAINING_STATE.has(name)) walk(object)
      if (object.kind !== 'array' || object.type.kind !== 'float') continue
      const tensor = tensorName(object.path.split('/'))
      if (tensors.has(tensor)) refuse(`it has two arrays ${tensor}`)
      tensors.set(tensor, outputsFirst(object))
    }
  }
  walk(file.root)
  file.finish()
  if (tensors.size === 0) refuse('it holds no arrays of floating-point numbers')
  return tensors
}

/** Reads the weights in a `.keras` archive. @throws as readKeras. */
export async function readKerasArchive(bytes: Uint8Array, refuse: Refuse): Promise<Map<string, StoredTensor>> {
  return readKeras(openZip(bytes, refuse).read(KERAS_WEIGHTS), refuse)
}

function tensorName(path: readonly string[]): string {
  const groups = path.slice(0, -1)
  const own = path.at(-1) ?? ''
  if (groups.at(-1) === 'vars' && groups.length > 1) return `${groups.at(-2)}.${numberedNames[Number(own)] ?? own}`
  const variable = own.replace(/:\d+$/, '')
  return [...groups.slice(-1), variableNames[variable] ?? variable].join('.')
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
