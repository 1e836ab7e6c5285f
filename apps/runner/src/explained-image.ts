import { InputError } from '@noisescope/core'
import { crop, type Image, withChannels } from '@noisescope/images'
import { loadDataset, loadPhotographs } from '@noisescope/images/node'
import { BYTE, sigmaRange } from '@noisescope/models'
import { defaultNoise, type Noise } from '@noisescope/noise'
import type { Sample } from './evaluation.ts'
import { readImages } from './image-files.ts'
import { estimatedSigma } from './noise-level.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import type { Output } from './output.ts'
import { sampleAt, withNoise } from './samples.ts'
import type { TrainedModel } from './weights.ts'

/** Side in pixels of the part of a photograph that is explained unless another is asked for. */
const EXPLAINED_SIDE = 96

/** Flags that say which image is explained. */
export interface ExplainedImageFlags extends NoiseFlags {
  readonly seed: number
  readonly cleanImage?: string
  readonly noiseLevel?: number
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly index?: number
  readonly crop?: string
}

/** The image that is explained, as the model takes it. */
export interface ExplainedImage {
  readonly name: string
  /** y, not clipped. */
  readonly noisy: Image
  /** x, where it is known. */
  readonly clean: Image | undefined
  /** The noise that was added, where it was. */
  readonly noise: Noise | undefined
  /** The level of Gaussian noise on 0..1 that the model is told, or that is known. */
  readonly sigma: number | undefined
  /** Which part of a larger image it is. */
  readonly part: string | undefined
}

/**
 * Finds the image to explain: a file, to which noise is added where flags name one, with its clean image where a file of it is
 * given; without a file a held-out image of the model's own data with the noise that it knows.
 * @throws InputError when flags contradict each other or the image cannot be used.
 */
export async function explainedImage(
  file: string | undefined,
  trained: TrainedModel,
  flags: ExplainedImageFlags,
  output: Output,
): Promise<ExplainedImage> {
  const channels = trained.model.channels === 3 ? 3 : 1
  const { sample, noise } =
    file === undefined ? await ownSample(trained, flags) : await fileSample(file, trained, flags, output)
  const place = partOf(sample.noisy, trained, flags.crop)
  const cut = (image: Image): Image => {
    const whole = withChannels(image, channels)
    return place === undefined ? whole : crop(whole, ...place)
  }
  const noisy = cut(sample.noisy)
  const known = flags.noiseLevel === undefined ? sigmaRange(noise)?.min : flags.noiseLevel / BYTE
  return {
    name: sample.name,
    noisy,
    clean: sample.clean === undefined ? undefined : cut(sample.clean),
    noise,
    sigma: known ?? (trained.model.takesSigma ? estimatedSigma(noisy) : undefined),
    part: place === undefined ? undefined : `${place[2]}x${place[3]} pixels at ${place[0]},${place[1]}`,
  }
}

type Found = { sample: Omit<Sample, 'clean'> & { readonly clean: Image | undefined }; noise: Noise | undefined }

async function fileSample(
  file: string,
  { model }: TrainedModel,
  flags: ExplainedImageFlags,
  output: Output,
): Promise<Found> {
  if (flags.index !== undefined) throw new InputError('give either an image file or --index, not both')
  const { name, image } = await onlyImage(file, output)
  const channels = model.channels === 3 ? 3 : 1
  const noise = namesNoise(flags) ? noiseFrom(flags, defaultNoise('gaussian')) : undefined
  if (noise !== undefined) {
    if (flags.cleanImage !== undefined) {
      throw new InputError('noise is added to a clean image: give noise flags or --clean-image, not both')
    }
    const clean = withChannels(image, channels)
    return { sample: { name, clean, noisy: withNoise(clean, noise, flags.seed, 0) }, noise }
  }
  const clean = flags.cleanImage === undefined ? undefined : (await onlyImage(flags.cleanImage, output)).image
  if (clean !== undefined && (clean.width !== image.width || clean.height !== image.height)) {
    throw new InputError(
      `the clean image is ${clean.width}x${clean.height} and the noisy one ${image.width}x${image.height}; expected one size`,
    )
  }
  return { sample: { name, clean, noisy: image }, noise: undefined }
}

async function onlyImage(file: string, output: Output) {
  const { images } = await readImages([file], output)
  const [only] = images
  if (only !== undefined && images.length === 1) return only
  throw new InputError(`${file} holds ${images.length} images; give a single file`)
}

/** A held-out image of the data that the model was trained on. */
async function ownSample(trained: TrainedModel, flags: ExplainedImageFlags): Promise<Found> {
  if (flags.cleanImage !== undefined) throw new InputError('--clean-image belongs to an image file; give that too')
  const { index = 0, seed } = flags
  if (trained.kind.takes === 'tiles') {
    const noise = noiseFrom(flags, trained.noise ?? defaultNoise('salt-and-pepper'))
    const { name, test } = await loadDataset(flags.dataset ?? trained.dataset ?? 'fashion-mnist', flags)
    const sample = sampleAt(test, index, noise, seed)
    return { sample: { ...sample, name: `${name} test ${sample.name}` }, noise }
  }
  const noise = noiseFrom(flags, trained.noise ?? { kind: 'gaussian', sd: 25 / BYTE })
  const { images } = await loadPhotographs()
  // The last is the one that trainings hold out.
  const photograph = images.at(-1 - index)
  if (photograph === undefined)
    throw new InputError(`there is no photograph ${index}; they run from 0 to ${images.length - 1}`)
  const { name, image } = photograph
  return { sample: { name, clean: image, noisy: withNoise(image, noise, seed, index) }, noise }
}

type Place = [left: number, top: number, width: number, height: number]

/** The part of an image that is explained: the one asked for, else the model's tile or a square in the middle. */
function partOf(image: Image, { kind }: TrainedModel, asked: string | undefined): Place | undefined {
  const { width, height } = image
  if (asked === 'none') return undefined
  if (asked !== undefined) {
    const numbers = asked.split(',').map(Number)
    const [left, top, across, down] = numbers
    if (left === undefined || top === undefined || across === undefined || down === undefined || numbers.length > 4) {
      throw new InputError(`--crop ${asked}: expected LEFT,TOP,WIDTH,HEIGHT in pixels, or none`)
    }
    return [left, top, across, down]
  }
  const side = kind.takes === 'tiles' ? kind.tile : EXPLAINED_SIDE
  if (width <= side && height <= side) return undefined
  const [across, down] = [Math.min(width, side), Math.min(height, side)]
  return [(width - across) >> 1, (height - down) >> 1, across, down]
}
