import { InputError } from '@noisescope/core'
import { loadDataset } from '@noisescope/images/node'
import { noiseText, sigmaRange, type TileModelKind } from '@noisescope/models'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { comparedDenoisers, comparedQuality } from './comparison.ts'
import { compileDenoiser, type Denoiser } from './denoiser.ts'
import { type DeviceFlags, deviceFor, unusualDevice } from './device-flags.ts'
import { evaluateImages } from './evaluate-images.ts'
import { evaluate, evaluationLines, type Sample } from './evaluation.ts'
import { EXIT } from './failure.ts'
import { warnOfNoise } from './noise-level.ts'
import { type NoiseFlags, noiseFrom } from './noise-options.ts'
import { formFlags, inForm, type NoisyForm, type NoisyImageFlags, noisyForm } from './noisy-image.ts'
import type { CommonOptions, Output } from './output.ts'
import { endProfiling, type ProfileFlag, startProfiling } from './profiling.ts'
import { startProgress } from './progress.ts'
import { readResults, recordResult } from './results-file.ts'
import { samplesOf } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights, type TrainedModel } from './weights.ts'
import { warnOfWorse } from './worse-than-noisy.ts'

/** Flags of `evaluate`. */
export interface EvaluateOptions extends CommonOptions, NoiseFlags, NoisyImageFlags, ProfileFlag, DeviceFlags {
  readonly model?: string
  readonly weights?: string
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly images?: readonly string[]
  readonly recursive?: boolean
  readonly testImages?: number
  readonly compare?: readonly string[]
  readonly resume?: boolean
  readonly record?: string
}

/** Measures weights on a data set's held-out images, or on images of one's own. @returns the exit code. */
export async function evaluateCommand(options: EvaluateOptions, output: Output): Promise<number> {
  const trained = await loadWeights({ ...options, model: options.model ?? usualModel(options) })
  const { kind } = trained
  const noise = noiseFrom(
    options,
    trained.noise ?? defaultNoise(kind.takes === 'tiles' ? 'salt-and-pepper' : 'gaussian'),
  )
  warnOfNoise(trained, noise, sigmaRange(noise)?.min, output)
  // A file that cannot take the results is refused before anything is measured.
  if (options.record !== undefined) await readResults(options.record)
  if (options.images !== undefined) return evaluateImages(trained, noise, options.images, options, output)
  if (kind.takes === 'photographs') {
    throw new InputError(`the ${kind.name} is measured on photographs; give files or a folder of them with --images`)
  }
  if (options.resume) throw new InputError('--resume needs --images: a data set is measured in one go')
  if (options.recursive) throw new InputError('--recursive needs --images: a data set has no folders within')
  comparedDenoisers(options.compare ?? [])
  return evaluateDataset(kind, trained, noise, options, output)
}

/** Photographs without weights are for the compact DnCNN. */
const usualModel = ({ weights, images }: EvaluateOptions): string | undefined =>
  weights === undefined && images !== undefined ? 'dncnn-compact' : undefined

async function evaluateDataset(
  kind: TileModelKind,
  trained: TrainedModel,
  noise: Noise,
  options: EvaluateOptions,
  output: Output,
): Promise<number> {
  const { seed } = options
  const form = noisyForm(options)
  const dataset = await loadDataset(options.dataset ?? trained.dataset ?? 'fashion-mnist', options)
  const samples = samplesOf(dataset.test, noise, seed, options.testImages).map((sample) => ({
    ...sample,
    noisy: inForm(sample.noisy, form),
  }))
  using session = await openSession(output, deviceFor(options))
  trained.place(session.device)
  startProfiling(session.device, options)
  using denoiser = await compileDenoiser(session.device, trained.model, kind.tile)
  const { evaluation } = await withProgress(denoiser, samples, form)

  output.line(`Weights: ${trained.path} (${kind.name}); seed ${seed}.`)
  const { source, checksum } = dataset
  for (const line of evaluationLines(evaluation, `${source}, ${noiseText(noise)}`)) output.line(line)
  const compared = comparedQuality(options.compare ?? [], samples, noise)
  for (const [name, { psnr, ssim }] of Object.entries(compared)) {
    output.line(`${name}: ${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(4)}`)
  }
  const { noisy, denoised } = evaluation
  const worse = warnOfWorse(
    trained,
    [{ name: `the mean of ${samples.length}`, noisy: noisy.psnr, denoised: denoised.psnr }],
    output,
  )
  if (options.record !== undefined) {
    const { full, data, testImages, compare } = options
    await recordResult(options.record, {
      weights: trained,
      set: `${dataset.name} test, ${samples.length}`,
      noise,
      noisy: form,
      flags: {
        model: kind.name,
        dataset: dataset.name,
        full,
        data,
        'test-images': testImages,
        seed,
        compare,
        ...formFlags(form),
        ...unusualDevice(options),
      },
      mean: { noisy: evaluation.noisy, ...compared, denoised: evaluation.denoised },
    })
    output.line(`Recorded in ${options.record}.`)
  }
  const origin = { source, checksum, refused: 0 }
  const profiled = await endProfiling(session.device, options, output)
  output.result({
    weights: trained.path,
    model: kind.name,
    noise,
    seed,
    ...unusualDevice(options),
    ...origin,
    ...evaluation,
    worse,
    compared,
    ...profiled,
  })
  return EXIT.ok
}

async function withProgress(
  denoiser: Denoiser,
  samples: readonly Sample[],
  form: NoisyForm,
): ReturnType<typeof evaluate> {
  using bar = startProgress('denoising {bar} {value}/{total} tiles', samples.length)
  return await evaluate(denoiser, samples, (done, total) => bar.update(done, {}, total), form)
}
