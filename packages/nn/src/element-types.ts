/** Types of stored numbers that are read, by the names that safetensors gives them. */
export type ElementType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'

/** Size of one element in bytes. */
const sizes: Readonly<Record<ElementType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
}

export const isElementType = (name: unknown): name is ElementType =>
  typeof name === 'string' && Object.hasOwn(sizes, name)

/** The types' names, for messages. */
export const elementTypes: readonly string[] = Object.keys(sizes)

/** Size of one element in bytes. */
export const bytesPerElement = (type: ElementType): number => sizes[type]

/**
 * A copy of the whole elements in some bytes, which is aligned.
 * The slice method of Node's Buffer would give a view of what it is cut from; a constructor copies.
 */
export const alignedElements = (type: ElementType, bytes: Uint8Array): ArrayBuffer =>
  new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % sizes[type]))).buffer

/** As `decodeElements`, of float32 alone. */
export const decodeFloat32 = (bytes: Uint8Array): Float32Array<ArrayBuffer> =>
  new Float32Array(alignedElements('F32', bytes))
