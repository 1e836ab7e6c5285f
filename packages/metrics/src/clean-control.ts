import { type BootstrapOptions, percentileInterval, resampledIndices } from './bootstrap.ts'
import { type SeparationOptions, separationScheme } from './noise-strata.ts'
import { assertImage, regionNames, regionsOf } from './regions.ts'
import type { Estimate } from './separation.ts'
import { basisOf } from './separation-basis.ts'
import { type Part, parts, type SeparationImage } from './separation-record.ts'

/** An image, and what the denoiser makes of it with its noise and without. */
export interface ControlledImage extends SeparationImage {
  /** CHW values on 0..1: the denoiser's output for the clean image. */
  readonly denoisedClean: Float32Array
}

/** What a denoiser removes that is no noise, given noisy images and given clean ones: the latter is blur, or made up. */
export interface CleanControl<T = Estimate> {
  /** Share of the uncorrupted values of noisy images that are changed by more than delta: false removal. */
  readonly noisy: T
  /** Share of all values of clean images that are. */
  readonly clean: T
  /** The share of clean images over that of noisy ones: near 1 where noise makes no difference, near 0 where only noise does it. */
  readonly ratio: T
  /** Of the uncorrupted values that are changed in noisy images, the share that is changed in clean ones too. */
  readonly same: T
}

/** For a part of one image, or of the sum of some. */
interface Counts {
  pixels: number
  cleanChanged: number
  uncorrupted: number
  noisyChanged: number
  bothChanged: number
}

const none = (): Counts => ({ pixels: 0, cleanChanged: 0, uncorrupted: 0, noisyChanged: 0, bothChanged: 0 })

/**
 * How much of what a denoiser takes for noise although it is none it would take without any noise, in each part of the images:
 * where that is most of it, the removal of features is mostly blur.
 *
 * Intervals are of {@link bootstrapInterval}, with the same images drawn for both shares, so what is hard about an image goes out
 * of their ratio.
 * @throws {InputError} when there is no image, images do not have their sizes, a value is not finite, or an option is unusable.
 */
export function cleanControl(
  images: readonly ControlledImage[],
  options: SeparationOptions = {},
  bootstrap: BootstrapOptions = {},
): Readonly<Record<Part, CleanControl>> {
  const counted = images.map((image) => countsOf(image, options))
  const draws: Counts[][] = []
  for (const indices of resampledIndices(images.length, bootstrap)) {
    draws.push(parts.map((_, p) => summed(Array.from(indices, (i) => counted[i]?.[p] ?? none()))))
  }
  const ofPart = (part: Part): CleanControl => {
    const p = parts.indexOf(part)
    const own = counted.map((each) => each[p] ?? none())
    const estimate = (score: (counts: Counts) => number | null, countIn: (counts: Counts) => number): Estimate => {
      const value = score(summed(own))
      const { worth, ...basis } = basisOf(own.map((counts) => ({ count: countIn(counts) })))
      const samples = draws.map((draw) => score(draw[p] ?? none()))
      return { value, interval: value === null ? null : percentileInterval(samples, bootstrap, worth), basis }
    }
    const all = summed(own)
    return {
      noisy: estimate(noisyShare, ({ uncorrupted }) => uncorrupted),
      clean: estimate(cleanShare, ({ pixels }) => pixels),
      ratio: estimate(
        (counts) => ratio(cleanShare(counts), noisyShare(counts)),
        // It is no more certain than the smaller of the counts that it is made of.
        all.noisyChanged < all.cleanChanged ? ({ noisyChanged }) => noisyChanged : ({ cleanChanged }) => cleanChanged,
      ),
      same: estimate(
        ({ bothChanged, noisyChanged }) => ratio(bothChanged, noisyChanged),
        ({ noisyChanged }) => noisyChanged,
      ),
    }
  }
  return {
    image: ofPart('image'),
    core: ofPart('core'),
    edge: ofPart('edge'),
    background: ofPart('background'),
    object: ofPart('object'),
  }
}

const noisyShare = ({ noisyChanged, uncorrupted }: Counts): number | null => ratio(noisyChanged, uncorrupted)
const cleanShare = ({ cleanChanged, pixels }: Counts): number | null => ratio(cleanChanged, pixels)
const ratio = (above: number | null, below: number | null): number | null =>
  above === null || below === null || below === 0 ? null : above / below

function countsOf(image: ControlledImage, options: SeparationOptions): Counts[] {
  const { tau, delta, objectThreshold } = separationScheme(options)
  const { clean, noisy, denoised, denoisedClean, width, height } = image
  assertImage(clean, image, 'the clean image')
  assertImage(noisy, image, 'the noisy image')
  assertImage(denoised, image, 'the denoised image')
  assertImage(denoisedClean, image, 'the clean image behind the denoiser')
  const { regions, object } = regionsOf(image, objectThreshold)
  const pixels = width * height
  const counts = parts.map(none)
  const differs = (a: number | undefined, b: number | undefined, by: number): boolean =>
    Math.abs((a as number) - (b as number)) > by
  for (let i = 0; i < clean.length; i++) {
    const cleanChanged = differs(clean[i], denoisedClean[i], delta)
    const uncorrupted = !differs(noisy[i], clean[i], tau)
    const noisyChanged = uncorrupted && differs(noisy[i], denoised[i], delta)
    for (const [p, part] of parts.entries()) {
      const inPart =
        part === 'image' ||
        (part === 'object' ? object[i % pixels] === 1 : part === regionNames[regions[i % pixels] ?? -1])
      const own = counts[p]
      if (!inPart || own === undefined) continue
      own.pixels++
      own.cleanChanged += Number(cleanChanged)
      own.uncorrupted += Number(uncorrupted)
      own.noisyChanged += Number(noisyChanged)
      own.bothChanged += Number(noisyChanged && cleanChanged)
    }
  }
  return counts
}

function summed(all: readonly Counts[]): Counts {
  const sum = none()
  for (const counts of all) {
    sum.pixels += counts.pixels
    sum.cleanChanged += counts.cleanChanged
    sum.uncorrupted += counts.uncorrupted
    sum.noisyChanged += counts.noisyChanged
    sum.bothChanged += counts.bothChanged
  }
  return sum
}
