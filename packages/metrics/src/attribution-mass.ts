import { assertFinite, assertLength, type ImageShape } from './check.ts'
import { type SeparationOptions, separationScheme } from './noise-strata.ts'
import { assertImage, regionNames, regionsOf } from './regions.ts'
import type { Part } from './separation-record.ts'

/** An attribution map and the image it explains. */
export interface AttributedImage extends ImageShape {
  /** One value a pixel, row by row, of either sign; of a colour image the sum or the like over its channels. */
  readonly map: ArrayLike<number>
  /** CHW values on 0..1. */
  readonly clean: Float32Array
  readonly noisy: Float32Array
  /** 1 for object, 0 for the rest; the object that the clean image shows unless given. */
  readonly mask?: ArrayLike<number> | undefined
}

/** How much more of a map lies on noise than chance would put there, in the whole image and in each part of it. */
export type AttributionMass = Readonly<Record<Part, number | null>>

/**
 * Attribution mass on noise: (sum of |map| on N / sum of |map|) / (pixels in N / pixels), N = {|n| > tau in any channel}.
 * 1 is chance, 0 means that the map avoids noise, and pixels / pixels in N that it lies on noise alone.
 *
 * null where it says nothing: the map is all 0 there, or no pixel is noise, or every pixel is (then any map has 1).
 * @throws {InputError} when sizes do not fit, a value is not finite (NaN in the map, say), a given mask is empty, or a
 *   threshold is not positive.
 */
export function attributionMass(
  { map, noisy, ...image }: AttributedImage,
  options: Pick<SeparationOptions, 'tau' | 'objectThreshold'> = {},
): AttributionMass {
  const { tau, objectThreshold } = separationScheme(options)
  const { clean, width, height } = image
  const pixels = width * height
  assertImage(clean, image, 'the clean image')
  assertImage(noisy, image, 'the noisy image')
  assertLength(map, pixels, 'the map', `${width}x${height} pixels`)
  assertFinite(map, 'the map')
  const { regions, object } = regionsOf(image, objectThreshold)

  const isNoise = new Uint8Array(pixels)
  for (let i = 0; i < noisy.length; i++) {
    if (Math.abs((noisy[i] as number) - (clean[i] as number)) > tau) isNoise[i % pixels] = 1
  }
  const parts = regionNames.map((): Sums => ({ mass: 0, noiseMass: 0, pixels: 0, noisePixels: 0 }))
  const whole: Sums = { mass: 0, noiseMass: 0, pixels: 0, noisePixels: 0 }
  for (let i = 0; i < pixels; i++) {
    const mass = Math.abs(map[i] as number)
    for (const part of object[i] === 1 ? [parts[regions[i] as number], whole] : [parts[regions[i] as number]]) {
      if (part === undefined) continue
      part.mass += mass
      part.pixels++
      if (isNoise[i] === 1) {
        part.noiseMass += mass
        part.noisePixels++
      }
    }
  }
  const [core, edge, background] = parts as [Sums, Sums, Sums]
  return {
    image: overChance(parts.reduce(together)),
    core: overChance(core),
    edge: overChance(edge),
    background: overChance(background),
    object: overChance(whole),
  }
}

interface Sums {
  mass: number
  noiseMass: number
  pixels: number
  noisePixels: number
}

const together = (a: Sums, b: Sums): Sums => ({
  mass: a.mass + b.mass,
  noiseMass: a.noiseMass + b.noiseMass,
  pixels: a.pixels + b.pixels,
  noisePixels: a.noisePixels + b.noisePixels,
})

function overChance({ mass, noiseMass, pixels, noisePixels }: Sums): number | null {
  if (mass === 0 || noisePixels === 0 || noisePixels === pixels) return null
  return noiseMass / mass / (noisePixels / pixels)
}
