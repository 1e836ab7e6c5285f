import { InputError } from '@noisescope/core'
import { decodePicture, type Image, type Picture } from '@noisescope/images'
import { readImageFile } from '@noisescope/images/node'
import { BYTE, levelText, noiseText } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'
import type { PlannedImage } from './denoise-plan.ts'
import { type Measures, measure, measureNoisy } from './evaluation.ts'
import type { ImageDenoiser } from './image-denoiser.ts'
import { writePicture } from './image-output.ts'
import { interruptible } from './interruptible.ts'
import { estimatedSigma, warnOfEstimate } from './noise-level.ts'
import { inForm, type NoisyForm } from './noisy-image.ts'
import type { Output } from './output.ts'
import { withNoise } from './samples.ts'
import type { TrainedModel } from './weights.ts'

/** What is done with every image. */
export interface Treatment {
  readonly trained: TrainedModel
  /** Noise that is added first, if any, and in which form. */
  readonly noise: Noise | undefined
  readonly form: NoisyForm
  /** The level of the noise on 0..1, where it is known. */
  readonly sigma: number | undefined
  readonly colour: 'by-channel' | 'refuse'
  /** Bits a sample of the results; as many as each file has where they are not given. */
  readonly bits: 8 | 16 | undefined
  readonly seed: number
}

/** An image in memory, before and after. */
export interface DenoisedImage {
  readonly planned: PlannedImage
  /** As it was read, with all that its file says; its image is `image`. */
  readonly picture: Picture
  readonly image: Image
  /** The same object where no noise was added. */
  readonly noisy: Image
  readonly denoised: Image
  /** What a model was told that must be told a level and was given none, on 0..1. */
  readonly estimatedSigma: number | undefined
}

/** What was written for one image; measures only where noise was added to it, so that the clean image is known. */
export interface WrittenImage {
  readonly input: string
  readonly output: string
  readonly noisyOutput?: string
  readonly noisy?: Measures
  readonly denoised?: Measures
  readonly estimatedSigma?: number
  /** What the input had and the result has not. */
  readonly dropped?: readonly string[]
}

/**
 * Reads an image, adds noise where that is asked for, and denoises it.
 * @param onProgress tiles done, of how many.
 * @throws InputError when the file cannot be used, is in colour where that is refused, or its level of noise cannot be estimated.
 */
export async function denoiseImage(
  planned: PlannedImage,
  { trained, noise, form, sigma, colour, seed }: Treatment,
  { denoiser, output, onProgress }: DenoisingContext,
): Promise<DenoisedImage> {
  const { model } = trained
  const { name, path } = planned.file
  const bytes = await readImageFile(path)
  const picture = await interruptible(() => decodePicture(bytes, name))
  const { image } = picture
  if (colour === 'refuse' && image.channels === 3 && model.channels !== 3) {
    throw new InputError(
      `${path} is in colour and the ${model.name} takes grey images; leave --colour refuse out to denoise red, green and ` +
        'blue each on its own',
    )
  }
  const noisy =
    noise === undefined ? image : await interruptible(() => inForm(withNoise(image, noise, seed, planned.index), form))
  const estimated =
    sigma === undefined && model.takesSigma ? await interruptible(() => estimatedSigma(noisy, path)) : undefined
  if (estimated !== undefined) warnOfEstimate(trained, path, estimated, output)
  const denoised = await denoiser.denoise(noisy, { sigma: sigma ?? estimated, onProgress })
  return { planned, picture, image, noisy, denoised, estimatedSigma: estimated }
}

/** What denoises, where warnings go, and who is told how far it is. */
export interface DenoisingContext {
  readonly denoiser: ImageDenoiser
  readonly output: Output
  onProgress(done: number, total: number): void
}

/**
 * Writes a denoised image, and before it the noisy one where noise was added: the result is there last, and means done.
 * @throws InputError when a file cannot be written.
 */
export async function writeDenoised(
  { planned, picture, image, noisy, denoised, estimatedSigma }: DenoisedImage,
  { bits }: Pick<Treatment, 'bits'>,
): Promise<WrittenImage> {
  const { file, output, noisyOutput } = planned
  if (noisy !== image) await writePicture(noisyOutput, { ...picture, image: noisy }, bits)
  const dropped = await writePicture(output, { ...picture, image: denoised }, bits)
  const written: WrittenImage = {
    input: file.path,
    output,
    ...(estimatedSigma === undefined ? {} : { estimatedSigma }),
    ...(dropped.length > 0 ? { dropped } : {}),
  }
  if (noisy === image) return written
  return interruptible(() => {
    return { ...written, noisyOutput, noisy: measureNoisy(noisy, image), denoised: measure(denoised, image) }
  })
}

/** What was done with an image, for people. */
export function writtenLines(
  { input, output, noisyOutput, noisy, denoised, estimatedSigma, dropped = [] }: WrittenImage,
  { width, height, channels }: Image,
  noise: Noise | undefined,
): string[] {
  const size = `(${width}x${height}, ${channels === 1 ? 'grey' : 'colour'})`
  const level = estimatedSigma === undefined ? '' : `, noise level estimated as ${levelText(estimatedSigma)} of ${BYTE}`
  const lines = [`${input} ${size} -> ${output}${level}`]
  if (dropped.length > 0) lines.push(`  not kept: ${dropped.join(', ')}`)
  if (noise === undefined || noisy === undefined || denoised === undefined) return lines
  const quality = ({ psnr, ssim }: Measures) =>
    psnr === Number.POSITIVE_INFINITY ? 'equal to the clean image' : `${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(3)}`
  return [...lines, `  with ${noiseText(noise)} (${noisyOutput}): ${quality(noisy)}; denoised: ${quality(denoised)}`]
}
