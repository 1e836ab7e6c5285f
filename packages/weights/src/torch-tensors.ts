import { sizeOf } from '@noisescope/core'
import { bytesPerElement, decodeElements, elementTypes, type StoredTensor } from '@noisescope/nn'
import { MAX_BYTES_PER_STORED_BYTE } from './limits.ts'
import type { Refuse } from './refusal.ts'
import type { TorchStorage, TorchTensor } from './torch-objects.ts'

/** The bytes of a storage. */
export type StorageBytes = (storage: TorchStorage) => Uint8Array

/** Bytes of the float32 that every value becomes. */
const FLOAT_BYTES = 4
/** Tensors of less than this may be made of fewer bytes. */
const SMALL_BYTES = 2 ** 20

/**
 * Copies tensors out of their storages, row-major and as float32; strides and offsets are followed.
 * @throws the refusal, when a storage is not as long as it claims, a tensor reaches beyond its storage or has more values
 * than it, or all together have far more values than the file has bytes: a
 * tensor under a few names is common, a small storage that thousands look at is there to exhaust the memory.
 */
export function loadTensors(
  tensors: ReadonlyMap<string, TorchTensor>,
  bytesOf: StorageBytes,
  fileBytes: number,
  refuse: Refuse,
): Map<string, StoredTensor> {
  const values = [...tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (!(values * FLOAT_BYTES <= Math.max(MAX_BYTES_PER_STORED_BYTE * fileBytes, SMALL_BYTES)))
    refuse(`its tensors claim ${values} values, the file has ${fileBytes} bytes`)
  // Tied weights are one tensor under several names.
  const loaded = new Map<string, Float32Array>()
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const { storage, offset, shape, strides } = tensor
      const view = [storage.key, offset, shape, strides].join(';')
      const data = loaded.get(view) ?? load(name, tensor, bytesOf, refuse)
      loaded.set(view, data)
      return [name, { shape, data }]
    }),
  )
}

function load(name: string, { storage, offset, shape, strides }: TorchTensor, bytesOf: StorageBytes, refuse: Refuse) {
  const { type } = storage
  if (type === undefined)
    return refuse(`tensor ${name} is of ${storage.className}; expected numbers of ${elementTypes.join(', ')}`)
  const bytes = bytesOf(storage)
  const width = bytesPerElement(type)
  if (bytes.length !== storage.length * width)
    refuse(`storage ${storage.key} claims ${storage.length} elements of ${width} bytes and has ${bytes.length} bytes`)
  const { offset: partOffset, length } = storage.view ?? { offset: 0, length: storage.length }
  if (partOffset + length > storage.length) refuse(`a part of storage ${storage.key} reaches beyond it`)
  const count = sizeOf(shape)
  if (count === 0) return new Float32Array()
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset)
  if (!(last < length) || count > length)
    refuse(`tensor ${name} reaches element ${last} and has ${count}, its storage ${storage.key} has ${length}`)
  const start = (partOffset + offset) * width
  const span = decodeElements(type, bytes.subarray(start, (partOffset + last + 1) * width))
  return isRowMajor(shape, strides) ? span : gather(span, shape, strides)
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  return shape.every((size, axis) => size === 1 || strides[axis] === sizeOf(shape.slice(axis + 1)))
}

/** The values at all indices of the shape, the last axis running fastest. */
function gather(span: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape))
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < values.length; to++) {
    values[to] = span[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1
      from += strides[axis] as number
      index[axis] = next
      if (next < (shape[axis] as number)) break
      from -= next * (strides[axis] as number)
      index[axis] = 0
    }
  }
  return values
}
