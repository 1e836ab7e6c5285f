import { fillImage, fillPlane, type Scale } from '@noisescope/palettes'

/** A picture: red, green, blue and opacity of each pixel, row by row, as a canvas has them. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** Values to be coloured: one plane, or the three of a colour image. */
export interface PlaneImage {
  readonly width: number
  readonly height: number
  /** [h, w], or [3, h, w] on a grey scale. */
  readonly values: Float32Array
  readonly scale: Scale
}

/** A picture to paint on, of one's own or the given one when it has this size: so that a view reuses one for every frame. */
export function rasterOf(width: number, height: number, reused?: Raster): Raster {
  if (reused?.width === width && reused.height === height) return reused
  return { width, height, data: new Uint8ClampedArray(width * height * 4) }
}

/** Paints values, a pixel for each. @param reused painted on when it has the right size */
export function paintImage({ width, height, values, scale }: PlaneImage, reused?: Raster): Raster {
  const raster = rasterOf(width, height, reused)
  if (scale.kind === 'grey' && values.length === 3 * width * height) fillImage(raster.data, values, scale)
  else fillPlane(raster.data, values, scale)
  return raster
}

/** Every pixel repeated `factor` times in both directions. */
export function enlarged({ width, height, data }: Raster, factor: number): Raster {
  if (factor === 1) return { width, height, data }
  const raster = rasterOf(width * factor, height * factor)
  const source = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const target = new Uint32Array(raster.data.buffer)
  const stride = raster.width
  for (let y = 0; y < height; y++) {
    const line = y * factor * stride
    for (let x = 0; x < width; x++) {
      target.fill(source[y * width + x] as number, line + x * factor, line + (x + 1) * factor)
    }
    for (let copy = 1; copy < factor; copy++) target.copyWithin(line + copy * stride, line, line + stride)
  }
  return raster
}

/** A raster for a canvas, with the same memory. */
export const imageDataOf = ({ width, height, data }: Raster): ImageData => new ImageData(data, width, height)

/** Shows a raster on a canvas, a pixel for each of its own; enlarge it with `image-rendering: pixelated`. */
export function showRaster(canvas: HTMLCanvasElement, raster: Raster): void {
  const { width, height } = raster
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  canvas.getContext('2d')?.putImageData(imageDataOf(raster), 0, 0)
}
