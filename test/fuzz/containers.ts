import { crc32, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { unzipSync, zipSync } from 'fflate'
import { mutatedJson } from './json-mutations.ts'
import { type Mutation, mutateBytes } from './mutations.ts'

/**
 * Mutations of what a container holds, with the container's own checksums and lengths made right again: a reader that checks
 * these would else never see a damaged content.
 */

const text = new TextDecoder()
const encoded = (value: string): Uint8Array => new TextEncoder().encode(value)

/** Changes one file within a zip archive, the pickle mostly, which stays stored as PyTorch and Keras store theirs. */
export const mutateZipped: Mutation = (bytes, random, other) => {
  const files = unzipSync(bytes)
  const names = Object.keys(files).filter((name) => files[name]?.length)
  const main = names.find((name) => /data\.pkl$|\.h5$/.test(name))
  const name = main !== undefined && random.below(4) > 0 ? main : random.of(names)
  const content = files[name]
  if (content === undefined) return mutateBytes(bytes, random, other)
  return zipSync({ ...files, [name]: mutateBytes(content, random, content) }, { level: random.of([0, 0, 0, 6]) })
}

/** Changes the content of a gzip file. */
export const mutateGzipped: Mutation = (bytes, random, other) =>
  new Uint8Array(gzipSync(mutateBytes(new Uint8Array(gunzipSync(bytes)), random, other)))

const SIGNATURE_BYTES = 8
/** Length, type and checksum of a chunk. */
const AROUND_CHUNK = 12

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
}

function chunksOf(png: Uint8Array): Chunk[] {
  const chunks: Chunk[] = []
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  for (let at = SIGNATURE_BYTES; at + AROUND_CHUNK <= png.length; ) {
    const length = view.getUint32(at)
    chunks.push({ type: text.decode(png.subarray(at + 4, at + 8)), data: png.subarray(at + 8, at + 8 + length) })
    at += AROUND_CHUNK + length
  }
  return chunks
}

function pngOf(signature: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.flatMap(({ type, data }) => {
    const body = Buffer.concat([encoded(type), data])
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    checksum.writeUInt32BE(crc32(body))
    return [length, body, checksum]
  })
  return new Uint8Array(Buffer.concat([signature, ...parts]))
}

/** Changes a chunk of a PNG, or the rows in its compressed data. */
export const mutatePng: Mutation = (bytes, random) => {
  const chunks = chunksOf(bytes)
  const at = random.below(chunks.length)
  const { type, data } = chunks[at] ?? { type: 'IDAT', data: bytes }
  const isPacked = type === 'IDAT' && random.below(3) > 0 && chunks.filter((each) => each.type === 'IDAT').length === 1
  const changed = isPacked
    ? deflateSync(mutateBytes(new Uint8Array(inflateSync(data)), random, data))
    : mutateBytes(data, random, data)
  return pngOf(bytes.subarray(0, SIGNATURE_BYTES), chunks.with(at, { type, data: changed }))
}

/** Changes the JSON header of a safetensors file, or the JSON that a text of its metadata is. */
export const mutateSafetensors: Mutation = (bytes, random) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = 8 + Number(view.getBigUint64(0, true))
  const header = text.decode(bytes.subarray(8, end))
  const changed = encoded(random.below(2) === 0 ? mutatedJson(header, random) : withMetadata(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(changed.length), true)
  return new Uint8Array(Buffer.concat([length, changed, bytes.subarray(end)]))

  function withMetadata(json: string): string {
    const document = JSON.parse(json) as Record<string, Record<string, string>>
    const { __metadata__: metadata = {} } = document
    const isJson = (each: string): boolean => /^[[{]/.test(metadata[each] ?? '')
    const name = Object.keys(metadata).find((each) => isJson(each) && (each === 'trace' || random.below(2) === 0))
    if (name === undefined) return mutatedJson(json, random)
    return JSON.stringify({
      ...document,
      __metadata__: { ...metadata, [name]: mutatedJson(metadata[name] ?? '', random) },
    })
  }
}
