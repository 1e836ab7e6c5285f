import { interpolateViridis } from 'd3-scale-chromatic'

/** Red, green and blue, each 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** A colour for every value, NaN and infinities included. */
export type Colouring = (value: number) => Rgb

/** Where a value is not finite: no colour of either scale comes near this one. */
export const NOT_FINITE: Rgb = [230, 0, 150]

const STEPS = 255
const viridis = Array.from({ length: STEPS + 1 }, (_, i) => parseHex(interpolateViridis(i / STEPS)))

/**
 * The sequential scale from `low` (dark blue) to `high` (yellow): viridis, perceptually uniform, by S. van der Walt and
 * N. Smith for matplotlib (CC0). Values outside take the colour of the nearer end.
 */
export function sequential(low: number, high: number): Colouring {
  const range = high - low
  return (value) => {
    if (!Number.isFinite(value)) return NOT_FINITE
    const position = range === 0 ? 0 : Math.min(Math.max((value - low) / range, 0), 1)
    return viridis[Math.round(position * STEPS)] ?? NOT_FINITE
  }
}

/** Lightness at zero and at the two ends, and the ends' chroma and hues (degrees), in Oklab's polar form. */
const NEUTRAL_LIGHTNESS = 0.97
const END_LIGHTNESS = 0.42
const END_CHROMA = 0.15
const BLUE_HUE = 257
const RED_HUE = 29

const diverging = Array.from({ length: 2 * STEPS + 1 }, (_, i) => divergingColour(i / STEPS - 1))

/**
 * The signed scale from `-limit` (blue) over 0 (nearly white, the neutral colour) to `limit` (red): lightness and
 * chroma change in equal steps of Oklab, so that equal differences look equal and both signs weigh the same. Values
 * outside take the colour of the nearer end.
 *
 * Source: B. Ottosson, "A perceptual color space for image processing", 2020.
 */
export function signed(limit: number): Colouring {
  return (value) => {
    if (!Number.isFinite(value)) return NOT_FINITE
    const position = limit === 0 ? 0 : Math.min(Math.max(value / limit, -1), 1)
    return diverging[Math.round((position + 1) * STEPS)] ?? NOT_FINITE
  }
}

/** The colour of an image's pixel on 0..1; values outside are clipped as a screen would. */
export function grey(value: number): Rgb {
  if (!Number.isFinite(value)) return NOT_FINITE
  const level = toByte(value)
  return [level, level, level]
}

/** A value on 0..1, clipped, as a byte. */
export function toByte(value: number): number {
  return Math.round(Math.min(Math.max(value, 0), 1) * 255)
}

/** A colour as canvas and style sheets write it. */
export function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`
}

function divergingColour(position: number): Rgb {
  const strength = Math.abs(position)
  const hue = ((position < 0 ? BLUE_HUE : RED_HUE) * Math.PI) / 180
  const chroma = strength * END_CHROMA
  const lightness = NEUTRAL_LIGHTNESS + strength * (END_LIGHTNESS - NEUTRAL_LIGHTNESS)
  return oklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue))
}

/** Oklab to sRGB, with Ottosson's matrices. */
function oklab(lightness: number, a: number, b: number): Rgb {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    gammaByte(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    gammaByte(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    gammaByte(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ]
}

/** Linear light on 0..1 as an sRGB byte (IEC 61966-2-1). */
function gammaByte(linear: number): number {
  return toByte(linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)
}

function parseHex(colour: string): Rgb {
  const number = Number.parseInt(colour.slice(1), 16)
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255]
}
