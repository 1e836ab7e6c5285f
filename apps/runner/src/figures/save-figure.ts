import { createCanvas } from '@napi-rs/canvas'
import { writeWhole } from '@noisescope/core/node'
import type { Raster } from './figure.ts'

/** The bytes of an 8-bit PNG file. */
export function encodePng({ width, height, data }: Raster): Promise<Uint8Array> {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const image = context.createImageData(width, height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    image.data.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel)
    image.data[4 * pixel + 3] = 255
  }
  context.putImageData(image, 0, 0)
  return canvas.encode('png')
}

/**
 * Writes a figure as a PNG file, making its folder if needed; a file under the final name is always whole.
 * @throws the file system's error when the folder cannot be written.
 */
export async function saveFigure(figure: Raster, path: string): Promise<void> {
  await writeWhole(path, await encodePng(figure))
}
