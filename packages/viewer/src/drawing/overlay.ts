import { lookupOf, pixelOf } from '@noisescope/palettes'
import { type PlaneImage, paintImage, type Raster } from './raster.ts'

/**
 * Paints an image with a map over it, which may be of another size: each pixel of the image takes the map's value at its middle.
 * @param map one plane
 * @param opacity of the map, 0 to 1
 * @param reused painted on when it has the image's size
 */
export function paintOverlay(image: PlaneImage, map: PlaneImage, opacity: number, reused?: Raster): Raster {
  const raster = paintImage(image, reused)
  if (opacity <= 0) return raster
  const { width, height, data } = raster
  const lookup = lookupOf(map.scale)
  const colour = new Uint32Array(1)
  const above = new Uint8Array(colour.buffer)
  const columns = Uint32Array.from({ length: width }, (_, x) => middle(x, width, map.width))
  for (let y = 0, i = 0; y < height; y++) {
    const row = middle(y, height, map.height) * map.width
    for (let x = 0; x < width; x++, i += 4) {
      colour[0] = pixelOf(lookup, map.values[row + (columns[x] as number)] as number)
      for (let c = 0; c < 3; c++) {
        const below = data[i + c] as number
        data[i + c] = below + opacity * ((above[c] as number) - below)
      }
    }
  }
  return raster
}

/** The place, of `to` along an axis, that covers the middle of one of `from`. */
const middle = (place: number, from: number, to: number): number => Math.floor(((place + 0.5) * to) / from)
