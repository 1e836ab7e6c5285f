import { type Rgb, toByte } from './colour.ts'

/** Lightness at zero and at the two ends, and the ends' chroma and hues (degrees), in Oklab's polar form. */
const NEUTRAL_LIGHTNESS = 0.97
const END_LIGHTNESS = 0.42
const END_CHROMA = 0.15
const BLUE_HUE = 257
const RED_HUE = 29

/**
 * The signed palette at -1 (blue) over 0 (nearly white, the neutral colour) to 1 (red): lightness and chroma change in
 * equal steps of Oklab, so that equal differences look equal and both signs weigh the same.
 *
 * Source: B. Ottosson, "A perceptual color space for image processing", 2020.
 */
export function divergingColour(position: number): Rgb {
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
