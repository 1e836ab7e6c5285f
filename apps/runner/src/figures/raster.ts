import { type Colouring, type Rgb, toByte } from '@noisescope/palettes'
import type { Raster } from './figure.ts'

/** Diagonal lines for what has no data: their distance and width in pixels, and the colours. */
const HATCH_PERIOD = 7
const HATCH_WIDTH = 2
export const HATCH_GROUND: Rgb = [244, 244, 244]
export const HATCH_LINE: Rgb = [196, 196, 196]

/** One plane of values (height x width) as a picture, a pixel for each value. */
export function painted(values: Float32Array, width: number, height: number, colouring: Colouring): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) data.set(colouring(values[i] as number), i * 3)
  return { width, height, data }
}

/** A colour image (3 planes, red, green, blue on 0..1) as a picture. */
export function paintedColour(values: Float32Array, width: number, height: number): Raster {
  const pixels = width * height
  const data = Uint8Array.from({ length: pixels * 3 }, (_, i) =>
    toByte(values[(i % 3) * pixels + Math.floor(i / 3)] as number),
  )
  return { width, height, data }
}

/** Every pixel repeated `factor` times in both directions. */
export function magnified({ width, height, data }: Raster, factor: number): Raster {
  if (factor === 1) return { width, height, data }
  const target = new Uint8Array(width * height * factor * factor * 3)
  const stride = width * factor * 3
  for (let y = 0; y < height; y++) {
    const top = y * factor * stride
    for (let x = 0; x < width * factor; x++) {
      const source = (y * width + Math.floor(x / factor)) * 3
      for (let c = 0; c < 3; c++) target[top + x * 3 + c] = data[source + c] as number
    }
    for (let copy = 1; copy < factor; copy++) target.copyWithin(top + copy * stride, top, top + stride)
  }
  return { width: width * factor, height: height * factor, data: target }
}

/** A plane of values averaged over blocks of `factor` x `factor`; blocks at the far edges may be smaller. */
export function blockMeans(values: Float32Array, width: number, height: number, factor: number): Float32Array {
  const columns = Math.ceil(width / factor)
  const means = new Float32Array(columns * Math.ceil(height / factor))
  for (let i = 0; i < means.length; i++) {
    const left = (i % columns) * factor
    const top = Math.floor(i / columns) * factor
    const right = Math.min(left + factor, width)
    const bottom = Math.min(top + factor, height)
    let sum = 0
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += values[y * width + x] as number
    }
    means[i] = sum / ((right - left) * (bottom - top))
  }
  return means
}

/** A picture of diagonal lines, drawn where there is no data to draw. */
export function hatched(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set((x + y) % HATCH_PERIOD < HATCH_WIDTH ? HATCH_LINE : HATCH_GROUND, (y * width + x) * 3)
    }
  }
  return { width, height, data }
}
