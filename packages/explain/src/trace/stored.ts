import { InputError, quoted, type Shape, sameShape, showShape } from '@noisescope/core'
import { decodeFloat32, type ElementType, type EncodedTensor, type StoredTensor } from '@noisescope/nn'
import { at, count, exactText, type Field, list, refuse } from './field.ts'
import { dequantise } from './quantise.ts'

/** The tensors of a file, by the names by which fields refer to them. */
export type Stored = ReadonlyMap<string, EncodedTensor>

/** Finds the tensor that a field names. @throws InputError unless it is there, with this type and shape. */
function find(field: Field, stored: Stored, dtype: ElementType, shape: Shape): EncodedTensor {
  const name = exactText(field)
  const tensor = stored.get(name)
  if (tensor === undefined) return refuse(field, `the name of a tensor of the file (it has ${stored.size})`)
  if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) {
    throw new InputError(
      `${field.source}: ${field.path} names the tensor ${quoted(name)}, which is ${tensor.dtype} of shape ${showShape(tensor.shape)}, expected ${dtype} of shape ${showShape(shape)}`,
    )
  }
  return tensor
}

/** The shape that a field states: of one of these ranks, of the expected sizes where there are such. */
export function shapeAt(field: Field, ranks: readonly number[], expected?: Shape): number[] {
  const shape = list(count)(field)
  if (!ranks.includes(shape.length) || shape.includes(0))
    return refuse(field, `${ranks.join(' or ')} whole numbers of at least 1`)
  if (expected !== undefined && !sameShape(shape, expected)) return refuse(field, JSON.stringify(expected))
  return shape
}

/** An object with a tensor whose data is decoded when asked for, and remembered for as long as somebody uses it. */
function withData<T extends { readonly shape: Shape }>(description: T, decode: () => Float32Array): T & StoredTensor {
  let kept: WeakRef<Float32Array> | undefined
  const get = (): Float32Array => {
    const values = kept?.deref() ?? decode()
    kept = new WeakRef(values)
    return values
  }
  return Object.defineProperty(description, 'data', { enumerable: true, get }) as T & StoredTensor
}

/** Adds to a description the float32 tensor that the field `tensor` names. */
export function withTensor<T extends { readonly shape: Shape }>(
  field: Field,
  stored: Stored,
  description: T,
): T & StoredTensor {
  const { bytes } = find(at(field, 'tensor'), stored, 'F32', description.shape)
  return withData(description, () => decodeFloat32(bytes))
}

/** As `withTensor`, of a tensor in eight bits, with the scale and offset of each channel. */
export function withQuantisedTensor<T extends { readonly shape: Shape }>(
  field: Field,
  stored: Stored,
  description: T,
): T & StoredTensor {
  const { bytes: codes } = find(at(field, 'tensor'), stored, 'U8', description.shape)
  const perChannel = (key: string): Float32Array => {
    const { bytes } = find(at(field, key), stored, 'F32', description.shape.slice(0, 1))
    return decodeFloat32(bytes)
  }
  const [scale, offset] = [perChannel('scale'), perChannel('offset')]
  return withData(description, () => dequantise({ codes, scale, offset }))
}
