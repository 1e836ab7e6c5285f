import { type Colouring, NOT_FINITE, type Rgb } from './colour.ts'
import { type Palette, paletteFor } from './palette.ts'
import { endsOf, IMAGE_SCALE, type Scale } from './scale.ts'

/** A scale made ready for many values. */
export interface Lookup {
  readonly palette: Palette
  readonly low: number
  /** Steps of the palette for each unit of value; 0 on a scale without extent. */
  readonly stepsPerUnit: number
  /** Step of the value `low`. */
  readonly first: number
  /** Last step of the palette. */
  readonly last: number
}

/** Finds a scale's colours; on one without extent all values have the colour of its low end, or of zero if it is signed. */
export function lookupOf(scale: Scale): Lookup {
  const palette = paletteFor(scale.kind)
  const [low, high] = endsOf(scale)
  const last = palette.pixels.length - 1
  const flat = !(high > low)
  return {
    palette,
    low,
    stepsPerUnit: flat ? 0 : last / (high - low),
    first: flat && scale.kind === 'signed' ? last / 2 : 0,
    last,
  }
}

/** The palette's step for a finite value. */
function stepOf({ low, stepsPerUnit, first, last }: Lookup, value: number): number {
  const step = first + (value - low) * stepsPerUnit
  return step <= 0 ? 0 : step >= last ? last : (step + 0.5) | 0
}

/** The pixel of a value: red, green, blue and 255 in the order of memory. */
export function pixelOf(lookup: Lookup, value: number): number {
  return Number.isFinite(value) ? (lookup.palette.pixels[stepOf(lookup, value)] as number) : lookup.palette.notFinite
}

/** A scale as a function from a value to its colour. */
export function colouringOf(scale: Scale): Colouring {
  const lookup = lookupOf(scale)
  return (value) => (Number.isFinite(value) ? (lookup.palette.colours[stepOf(lookup, value)] as Rgb) : NOT_FINITE)
}

/** The colours of a sequential scale. */
export const sequential = (low: number, high: number): Colouring => colouringOf({ kind: 'sequential', low, high })

/** The colours of a signed scale. */
export const signed = (limit: number): Colouring => colouringOf({ kind: 'signed', limit })

/** The colour of an image's pixel on 0..1; values outside are clipped as a screen would. */
export const grey: Colouring = colouringOf(IMAGE_SCALE)
