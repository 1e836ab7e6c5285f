import { InputError, type Shape, sizeOf } from '@noisescope/core'
import type { ElementType } from './element-types.ts'
import { HEADER_LENGTH_BYTES, METADATA } from './safetensors.ts'

/** A tensor to be written: float32, or whole numbers of 0..255 in one byte each. */
export interface WritableTensor {
  readonly shape: Shape
  readonly data: Float32Array | Uint8Array
}

/** Data starts at a multiple of this, so that a reader may map it in place. */
const DATA_ALIGNMENT = 8

/**
 * Writes tensors and metadata as a safetensors file (https://github.com/huggingface/safetensors, format of version 0.4).
 * Bytes come behind all float32, which so stay aligned.
 * @throws InputError when a tensor's values do not fill its shape, or its name is the one of the metadata.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const inOrder = [...tensors].toSorted(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  const header: [string, unknown][] = [[METADATA, metadata]]
  let end = 0
  for (const [name, { shape, data }] of inOrder) {
    if (data.length !== sizeOf(shape))
      throw new InputError(`tensor ${name}: ${data.length} values do not fill shape ${shape.join('x')}`)
    if (name === METADATA)
      throw new InputError(`no tensor may be called ${METADATA}: the format keeps this name for its metadata`)
    const dtype: ElementType = data instanceof Float32Array ? 'F32' : 'U8'
    header.push([name, { dtype, shape, data_offsets: [end, end + data.byteLength] }])
    end += data.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const headerBytes = Math.ceil(json.length / DATA_ALIGNMENT) * DATA_ALIGNMENT
  const file = new Uint8Array(HEADER_LENGTH_BYTES + headerBytes + end).fill(
    0x20,
    HEADER_LENGTH_BYTES,
    HEADER_LENGTH_BYTES + headerBytes,
  )
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true)
  file.set(json, HEADER_LENGTH_BYTES)
  let offset = HEADER_LENGTH_BYTES + headerBytes
  for (const [, { data }] of inOrder) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return file
}
