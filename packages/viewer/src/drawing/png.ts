import type { Raster } from './raster.ts'

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10]
/** Eight bits for each of red, green, blue and opacity, deflated, without interlacing. */
const FORMAT = [8, 6, 0, 0, 0]
/** No filter before a row's bytes. */
const UNFILTERED = 0

/** A raster as a PNG file (PNG specification, third edition), the same in browsers and in Node. */
export async function encodePng({ width, height, data }: Raster): Promise<Uint8Array<ArrayBuffer>> {
  const stride = width * 4
  const rows = new Uint8Array(height * (stride + 1))
  for (let y = 0; y < height; y++) {
    rows[y * (stride + 1)] = UNFILTERED
    rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1)
  }
  const header = new Uint8Array([...bigEndian(width), ...bigEndian(height), ...FORMAT])
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', await deflated(rows)),
    chunk('IEND', new Uint8Array()),
  ]
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** A raster as the URL of a PNG that it holds itself. */
export async function pngUrl(raster: Raster): Promise<string> {
  const bytes = await encodePng(raster)
  let characters = ''
  for (const byte of bytes) characters += String.fromCharCode(byte)
  return `data:image/png;base64,${btoa(characters)}`
}

/** In the format of zlib, which PNG expects. */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function chunk(type: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 12)
  bytes.set(bigEndian(content.length))
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i)
  bytes.set(content, 8)
  bytes.set(bigEndian(checksum(bytes.subarray(4, -4))), content.length + 8)
  return bytes
}

const bigEndian = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)

/** The CRC-32 of ISO 3309, which ends every chunk. */
function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (remainders[(sum ^ byte) & 255] as number) ^ (sum >>> 8)
  return ~sum >>> 0
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})
