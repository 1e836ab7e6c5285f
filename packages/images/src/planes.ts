import { createImage, type Image } from './image.ts'
import { type Orientation, turnsSides, uprightPlaces } from './orientation.ts'
import type { Alpha } from './picture.ts'

/** Whole numbers as image files hold them, one after the other. */
export type SampleArray = Uint8Array | Uint8ClampedArray | Uint16Array

/** What the rows are of that {@link openPlanes} is given. */
export interface RowLayout {
  /** Sides as the file stores them, before the picture is turned upright. */
  readonly width: number
  readonly height: number
  /** Samples a pixel; 2 and 4 end in alpha. */
  readonly channels: 1 | 2 | 3 | 4
  readonly maximum: number
  readonly orientation?: Orientation
  /** The one sample value (grey) or three (colour) that mean "fully transparent", as PNG's tRNS gives them. */
  readonly transparentColour?: readonly number[]
  /**
   * The grey, 0..1, that shows through where a pixel is transparent: out = alpha * value + (1 - alpha) * background, on the
   * encoded values as browsers do. Without it colours stay as they are and alpha is kept beside them.
   */
  readonly background?: number
}

/** Which pixels of a row are given: `count` of them from `left` on, each `step` to the right of the one before. */
export interface RowPart {
  readonly left: number
  readonly step: number
  readonly count: number
}

/** Planes of a picture while its rows come in. */
export interface Planes {
  /** Lays samples, interleaved, as (a part of) row y. */
  write(samples: SampleArray, y: number, part?: RowPart): void
  /** The picture so far; upright. */
  readonly image: Image
  readonly alpha?: Alpha
}

/**
 * Makes planes on the 0..1 scale into which interleaved samples are laid row by row, each pixel at once where it belongs in the
 * upright picture: beside the result nothing is kept, whatever its size.
 */
export function openPlanes(layout: RowLayout): Planes {
  const { width, height, channels, maximum, orientation = 1, transparentColour, background } = layout
  const colours = channels <= 2 ? 1 : 3
  const hasAlpha = channels === 2 || channels === 4
  const pixels = width * height
  const values = new Float32Array(colours * pixels)
  const sides = turnsSides(orientation) ? ([height, width] as const) : ([width, height] as const)
  const image = createImage(...sides, colours, values)
  const places = uprightPlaces(width, height, orientation)
  const whole: RowPart = { left: 0, step: 1, count: width }
  const scale = scaleOf(maximum)
  const alpha = background === undefined && (hasAlpha || transparentColour) ? alphaOf(pixels, maximum) : undefined
  const isOpaque = !hasAlpha && transparentColour === undefined

  const write: Planes['write'] = (samples, y, { left, step, count } = whole) => {
    let place = places.origin + y * places.betweenRows + left * places.alongRow
    const stride = step * places.alongRow
    for (let i = 0, start = 0; i < count; i++, start += channels, place += stride) {
      let opacity = maximum
      if (hasAlpha) opacity = samples[start + colours] as number
      else if (!isOpaque && isColour(samples, start, transparentColour)) opacity = 0
      if (alpha !== undefined) alpha.data[place] = opacity
      const share = background === undefined || opacity === maximum ? 1 : opacity / maximum
      for (let colour = 0; colour < colours; colour++) {
        const value = scale(samples[start + colour] as number)
        values[colour * pixels + place] = share === 1 ? value : share * value + (1 - share) * (background ?? 0)
      }
    }
  }
  return { write, image, ...(alpha === undefined ? {} : { alpha }) }
}

const alphaOf = (pixels: number, maximum: number): Alpha => ({
  maximum,
  data: maximum > 255 ? new Uint16Array(pixels) : new Uint8Array(pixels),
})

/** Divides by the maximum; through a table where it is short. */
function scaleOf(maximum: number): (sample: number) => number {
  if (maximum > 255) return (sample) => sample / maximum
  const table = Float64Array.from({ length: maximum + 1 }, (_, sample) => sample / maximum)
  return (sample) => table[sample] as number
}

function isColour(samples: SampleArray, start: number, colour: readonly number[] | undefined): boolean {
  return colour?.every((value, i) => samples[start + i] === value) ?? false
}
