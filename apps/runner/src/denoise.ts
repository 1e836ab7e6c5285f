import { InputError, OutOfMemoryError } from '@noisescope/core'
import { type RefusedImage, whyRefused } from '@noisescope/images/node'
import { BYTE, sigmaRange } from '@noisescope/models'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { denoiseImage, type Treatment, type WrittenImage, writeDenoised, writtenLines } from './denoise-image.ts'
import { type DenoisePlan, type DenoisePlanFlags, planDenoising } from './denoise-plan.ts'
import { type DeviceFlags, deviceFor } from './device-flags.ts'
import { EXIT, InterruptedError } from './failure.ts'
import { type ImageDenoiser, openDenoiser } from './image-denoiser.ts'
import { noneUsable } from './image-files.ts'
import { STANDARD_OUTPUT } from './image-output.ts'
import { startImageProgress } from './image-progress.ts'
import { listenForInterrupt } from './interrupt.ts'
import { warnOfNoise } from './noise-level.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import { type NoisyImageFlags, noisyForm } from './noisy-image.ts'
import type { CommonOptions, Output } from './output.ts'
import { endProfiling, type ProfileFlag, startProfiling } from './profiling.ts'
import { openSession, type Session } from './session.ts'
import { loadWeights } from './weights.ts'
import { warnOfWorse } from './worse-than-noisy.ts'

/** Flags of `denoise`. */
export interface DenoiseOptions
  extends CommonOptions,
    NoiseFlags,
    NoisyImageFlags,
    DenoisePlanFlags,
    ProfileFlag,
    DeviceFlags {
  readonly model?: string
  readonly weights?: string
  readonly noiseLevel?: number
  readonly colour: 'by-channel' | 'refuse'
  readonly bits?: 8 | 16
}

/** What became of the images of a plan. */
interface Outcome {
  readonly files: readonly WrittenImage[]
  readonly refused: readonly RefusedImage[]
}

/**
 * Denoises PNG and JPEG files of any size, grey or colour, one after another: each is read, denoised, written and forgotten, so
 * that memory does not grow with their number. One that cannot be used is told of and left out. @returns the exit code.
 */
export async function denoiseCommand(
  inputs: readonly string[],
  options: DenoiseOptions,
  output: Output,
): Promise<number> {
  const { seed, noiseLevel, colour, bits } = options
  const noise = namesNoise(options) ? noiseFrom(options, defaultNoise('gaussian')) : undefined
  const form = noisyForm(options)
  if (noise === undefined && form !== 'as drawn') {
    throw new InputError('--clip-noise and --round-noise are about noise that is added; say which, as by --sigma 25')
  }
  if (options.output === STANDARD_OUTPUT && (options.json || noise !== undefined)) {
    throw new InputError('--output - writes the one image to standard output; with --json or added noise give a file')
  }
  const trained = await loadWeights({ ...options, model: options.model ?? modelFor(options, noise) })
  const plan = await planDenoising(inputs, options, { addsNoise: noise !== undefined, output })
  const { length } = plan.images
  const before = plan.done > 0 ? `; ${plan.done} done before` : ''
  if (length + plan.done > 1) output.note(`${length} ${length === 1 ? 'image' : 'images'} to denoise${before}.`)
  const sigma = noiseLevel === undefined ? sigmaRange(noise)?.min : noiseLevel / BYTE
  warnOfNoise(trained, noise, sigma, output)

  let outcome: Outcome = { files: [], refused: [] }
  let profiled: Awaited<ReturnType<typeof endProfiling>> = {}
  if (length > 0) {
    using session = await openSession(output, deviceFor(options))
    startProfiling(session.device, options)
    const treatment = { trained, noise, form, sigma, colour, bits, seed }
    outcome = await denoiseAll(session, plan, treatment, { output, folder: options.output })
    profiled = await endProfiling(session.device, options, output)
  }
  const { files, refused } = outcome
  if (refused.length > 0 && files.length + plan.done === 0) throw noneUsable(refused)
  if (refused.length > 0) output.note(`${refused.length} of ${length} files could not be used.`)
  const measured = files.flatMap(({ input, noisy, denoised }) =>
    noisy && denoised ? [{ name: input, noisy: noisy.psnr, denoised: denoised.psnr }] : [],
  )
  const worse = warnOfWorse(trained, measured, output)
  const found = { refused: refused.length, skipped: plan.done, worse, files }
  output.result({
    weights: trained.path,
    model: trained.kind.name,
    noise: noise ?? null,
    seed,
    ...found,
    ...profiled,
  })
  return refused.length > 0 ? EXIT.failed : EXIT.ok
}

/** Photographs are for the compact DnCNN, unless the noise is of a kind that it does not know. */
const modelFor = ({ weights }: DenoiseOptions, noise: Noise | undefined): string | undefined =>
  weights !== undefined || (noise !== undefined && noise.kind !== 'gaussian') ? undefined : 'dncnn-compact'

/** @throws InterruptedError after Ctrl-C; InputError when a result cannot be written. */
async function denoiseAll(
  session: Session,
  { images }: DenoisePlan,
  treatment: Treatment,
  { output, folder }: { readonly output: Output; readonly folder: string },
): Promise<Outcome> {
  const outcome = { files: [], refused: [] }
  const stopped = (): string =>
    `stopped after ${outcome.files.length} of ${images.length} images, written to ${folder}; the same command with --skip-done ` +
    'goes on from there'
  using denoiser = await openDenoiser(session.device, treatment.trained)
  using interrupt = listenForInterrupt(output, { word: 'Stopping', leaving: stopped })
  const context = { session, denoiser, output, signal: interrupt.signal }
  await denoiseEach(images, treatment, context, outcome).catch((error: unknown) => {
    throw error instanceof InterruptedError ? new InterruptedError(stopped()) : error
  })
  return outcome
}

/** Denoises images one after another, adding to the outcome. @throws InterruptedError after Ctrl-C. */
async function denoiseEach(
  images: DenoisePlan['images'],
  treatment: Treatment,
  { session, denoiser, output, signal }: EachContext,
  { files, refused }: { files: WrittenImage[]; refused: RefusedImage[] },
): Promise<void> {
  const { kind } = treatment.trained
  let isOfOtherSize = false
  using progress = startImageProgress(images.length)
  const told = progress.above(output)
  for (const planned of images) {
    if (signal.aborted) throw new InterruptedError('stopped')
    progress.begin(planned.file.name)
    const result = await denoiseImage(planned, treatment, {
      denoiser,
      output: told,
      onProgress: progress.tile,
    }).catch((error: unknown) => refusal(error, planned.file.name, session))
    if ('reason' in result) {
      refused.push(result)
      // The only one is told of by the error that ends the command.
      if (images.length > 1) told.note(`Left out: ${result.reason}`)
    } else {
      const written = await writeDenoised(result, treatment)
      const { image } = result
      isOfOtherSize ||= kind.takes === 'tiles' && (image.width !== kind.tile || image.height !== kind.tile)
      files.push(written)
      for (const line of writtenLines(written, image, treatment.noise)) told.line(line)
    }
    progress.end()
  }
  if (kind.takes === 'tiles' && isOfOtherSize) told.note(`Note: ${kind.caution}.`)
}

interface EachContext {
  readonly session: Session
  readonly denoiser: ImageDenoiser
  readonly output: Output
  readonly signal: AbortSignal
}

/** What is wrong with one image. @throws what would be wrong with the next one too. */
function refusal(error: unknown, name: string, { device }: Session): RefusedImage {
  const isOfImage = error instanceof InputError || (error instanceof OutOfMemoryError && device.isUsable)
  if (isOfImage) return { name, reason: whyRefused(error) }
  throw error
}
