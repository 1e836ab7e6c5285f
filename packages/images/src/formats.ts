import type { ImageFormat } from './format.ts'
import { decodeJpeg, encodeJpeg } from './jpeg/jpeg.ts'
import { decodePng, encodePng, hasPngSignature } from './png/png.ts'

const PNG: ImageFormat = {
  name: 'PNG',
  extensions: ['png'],
  recognises: hasPngSignature,
  decode: decodePng,
  encode: encodePng,
}

const JPEG: ImageFormat = {
  name: 'JPEG',
  extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
  recognises: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  decode: decodeJpeg,
  encode: encodeJpeg,
}

/** The formats that are read and written. */
export const IMAGE_FORMATS: readonly ImageFormat[] = [PNG, JPEG]

/** Endings of file names that are taken for images, lower case, without the dot. */
export const IMAGE_EXTENSIONS: readonly string[] = IMAGE_FORMATS.flatMap(({ extensions }) => extensions)

/** The format that a file name's ending stands for, in upper or lower case; undefined for any other. */
export function formatOf(fileName: string): ImageFormat | undefined {
  const ending = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase()
  return IMAGE_FORMATS.find(({ extensions }) => ending !== undefined && extensions.includes(ending))
}
