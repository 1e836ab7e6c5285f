import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encode } from 'fast-png'
import type { Raster } from './figure.ts'

/** The bytes of an 8-bit RGB PNG file. */
export function encodePng({ width, height, data }: Raster): Uint8Array {
  return encode({ width, height, data, channels: 3 })
}

/**
 * Writes a figure as a PNG file, making its folder if needed. The bytes go to a temporary name beside it first, so that
 * a file under the final name is always whole.
 * @throws the file system's error when the folder cannot be written.
 */
export async function saveFigure(figure: Raster, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(temporary, encodePng(figure))
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
