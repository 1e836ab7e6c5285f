import { dirname, extname, join, resolve } from 'node:path'
import { InputError } from '@noisescope/core'
import { encodePng, type Image } from '@noisescope/images'
import type { NamedImage } from '@noisescope/images/node'
import { BYTE, levelText, noiseText, sigmaRange } from '@noisescope/models'
import type { Model } from '@noisescope/nn'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { type DeviceFlags, deviceFor } from './device-flags.ts'
import { type Measures, measure } from './evaluation.ts'
import { EXIT } from './failure.ts'
import { isFolder, writableFolder, writeResult } from './files.ts'
import { type ImageDenoiser, openDenoiser } from './image-denoiser.ts'
import { readImages } from './image-files.ts'
import { estimatedSigma, warnOfEstimate, warnOfNoise } from './noise-level.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { endProfiling, type ProfileFlag, startProfiling } from './profiling.ts'
import { startProgress } from './progress.ts'
import { withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

/** Flags of `denoise`. */
export interface DenoiseOptions extends CommonOptions, NoiseFlags, ProfileFlag, DeviceFlags {
  readonly model?: string
  readonly weights?: string
  readonly noiseLevel?: number
  readonly colour: 'by-channel' | 'refuse'
  readonly bits: 8 | 16
  readonly output: string
}

/** One image to denoise: where it is from and goes to, with its noise where some was added, and what the model is told of that. */
interface Job {
  readonly input: string
  readonly output: string
  readonly image: Image
  readonly noisy: Image
  /** On 0..1; known, else estimated for a model that must be told. */
  readonly sigma: number | undefined
  readonly isEstimated: boolean
}

/** What was written for one image; measures only where noise was added to it, so that the clean image is known. */
interface Written {
  readonly input: string
  readonly output: string
  readonly noisyOutput?: string
  readonly noisy?: Measures
  readonly denoised?: Measures
  /** What a model was told that must be told a level and was given none, on 0..1. */
  readonly estimatedSigma?: number
}

/** Denoises PNG and JPEG files of any size, grey or colour. @returns the exit code. */
export async function denoiseCommand(
  inputs: readonly string[],
  options: DenoiseOptions,
  output: Output,
): Promise<number> {
  const { seed, noiseLevel } = options
  const noise = namesNoise(options) ? noiseFrom(options, defaultNoise('gaussian')) : undefined
  const trained = await loadWeights({ ...options, model: options.model ?? modelFor(options, noise) })
  const { kind, model, path: weights } = trained
  const { images, refused } = await readImages(inputs, output)
  refuseColour(images, model, options.colour)
  const known = noiseLevel === undefined ? sigmaRange(noise)?.min : noiseLevel / BYTE
  const isEstimated = known === undefined && model.takesSigma === true
  const places = await outputPaths(images, options.output)
  keepInputs(places)
  const jobs = places.map(({ image, path, output }, i): Job => {
    const noisy = noise === undefined ? image : withNoise(image, noise, seed, i)
    return { input: path, output, image, noisy, isEstimated, sigma: isEstimated ? estimatedSigma(noisy, path) : known }
  })
  warnOfNoise(trained, noise, known, output)
  for (const { input, sigma } of jobs)
    if (isEstimated && sigma !== undefined) warnOfEstimate(trained, input, sigma, output)

  using session = await openSession(output, deviceFor(options))
  startProfiling(session.device, options)
  using denoiser = await openDenoiser(session.device, trained)
  const files = await denoiseAll(denoiser, jobs, options.bits)

  for (const [i, file] of files.entries()) for (const line of fileLines(file, jobs[i]?.image, noise)) output.line(line)
  if (kind.takes === 'tiles' && images.some(({ image }) => image.width !== kind.tile || image.height !== kind.tile))
    output.note(`Note: ${kind.caution}.`)
  if (refused > 0) output.note(`${refused} of ${images.length + refused} files could not be used.`)
  const profiled = await endProfiling(session.device, options, output)
  output.result({ weights, model: kind.name, noise: noise ?? null, seed, refused, files, ...profiled })
  return refused > 0 ? EXIT.failed : EXIT.ok
}

/** Photographs are for the compact DnCNN, unless the noise is of a kind that it does not know. */
const modelFor = ({ weights }: DenoiseOptions, noise: Noise | undefined): string | undefined =>
  weights !== undefined || (noise !== undefined && noise.kind !== 'gaussian') ? undefined : 'dncnn-compact'

/** @throws InputError when colour images meet a grey model and that is to be refused. */
function refuseColour(images: readonly NamedImage[], model: Model, colour: DenoiseOptions['colour']): void {
  const first = images.find(({ image }) => image.channels !== model.channels && image.channels === 3)
  if (colour === 'refuse' && first !== undefined) {
    throw new InputError(
      `${first.path} is in colour and the ${model.name} takes grey images; leave --colour refuse out to denoise red, green and ` +
        'blue each on its own',
    )
  }
}

async function denoiseAll(
  denoiser: ImageDenoiser,
  jobs: readonly Job[],
  bits: DenoiseOptions['bits'],
): Promise<Written[]> {
  using bar = startProgress('denoising image {image} {bar} {value}/{total} tiles', 0, { values: { image: '1' } })
  const written: Written[] = []
  for (const [i, { input, output, image, noisy, sigma, isEstimated }] of jobs.entries()) {
    const onProgress = (done: number, total: number) => bar.update(done, { image: `${i + 1}/${jobs.length}` }, total)
    const denoised = await denoiser.denoise(noisy, { sigma, onProgress })
    await writeResult(output, encodePng(denoised, { bits }))
    const told = isEstimated && sigma !== undefined ? { estimatedSigma: sigma } : {}
    if (noisy === image) {
      written.push({ input, output, ...told })
      continue
    }
    const noisyOutput = output.replace(/(-denoised)?\.png$/i, '-noisy.png')
    await writeResult(noisyOutput, encodePng(noisy, { bits }))
    const measures = { noisy: measure(noisy, image), denoised: measure(denoised, image) }
    written.push({ input, output, noisyOutput, ...measures, ...told })
  }
  return written
}

function fileLines(
  { input, output, noisyOutput, noisy, denoised, estimatedSigma }: Written,
  image: Image | undefined,
  noise: Noise | undefined,
): string[] {
  const size =
    image === undefined ? '' : ` (${image.width}x${image.height}, ${image.channels === 1 ? 'grey' : 'colour'})`
  const level = estimatedSigma === undefined ? '' : `, noise level estimated as ${levelText(estimatedSigma)} of ${BYTE}`
  const line = `${input}${size} -> ${output}${level}`
  if (noise === undefined || noisy === undefined || denoised === undefined) return [line]
  const quality = ({ psnr, ssim }: Measures) =>
    psnr === Number.POSITIVE_INFINITY ? 'equal to the clean image' : `${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(3)}`
  return [line, `  with ${noiseText(noise)} (${noisyOutput}): ${quality(noisy)}; denoised: ${quality(denoised)}`]
}

/** @throws InputError when a result would take the place of an image that it is made of. */
function keepInputs(jobs: readonly { readonly path: string; readonly output: string }[]): void {
  const inputs = new Set(jobs.map(({ path }) => resolve(path)))
  const clash = jobs.find(({ output }) => inputs.has(resolve(output)))
  if (clash !== undefined)
    throw new InputError(`${clash.output} is an input; give the result another name with --output`)
}

/**
 * Says where each image is written: the one image to OUT if that is a PNG's name, else each to a file of its name in the folder OUT.
 * @throws InputError when OUT cannot be written, or is one file for several images.
 */
async function outputPaths(
  images: readonly NamedImage[],
  out: string,
): Promise<(NamedImage & { readonly output: string })[]> {
  const [first] = images
  if (extname(out).toLowerCase() === '.png' && first !== undefined && !(await isFolder(out))) {
    if (images.length > 1)
      throw new InputError(`${out} is one file, but there are ${images.length} images; give a folder with --output`)
    await writableFolder(dirname(out))
    return [{ ...first, output: out }]
  }
  await writableFolder(out)
  const stems = images.map(({ name }) => name.slice(0, name.length - extname(name).length))
  return images.map((image, i) => {
    const unique = stems.filter((stem) => stem === stems[i]).length === 1
    return { ...image, output: join(out, `${unique ? stems[i] : `${image.name}-${i + 1}`}-denoised.png`) }
  })
}
