import { loadDataset } from '@noisescope/images/node'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { compileDenoiser } from './denoiser.ts'
import { evaluate, evaluationLines, type Sample } from './evaluation.ts'
import { EXIT } from './failure.ts'
import { readImages } from './image-files.ts'
import { type NoiseFlags, noiseFrom, noiseText } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { startProgress } from './progress.ts'
import { samplesOf, withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

export interface EvaluateOptions extends CommonOptions, NoiseFlags {
  readonly weights?: string
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly images?: string
  readonly testImages?: number
}

/** What is measured: images with noise, where they are from, and how many files could not be used. */
interface TestSet {
  readonly samples: readonly Sample[]
  readonly source: string
  readonly checksum?: string
  readonly refused: number
}

/** Measures weights on held-out images, or on images of one's own. @returns the exit code. */
export async function evaluateCommand(options: EvaluateOptions, output: Output): Promise<number> {
  using session = await openSession(output)
  const trained = await loadWeights(options.weights)
  const noise = noiseFrom(options, trained.noise ?? defaultNoise('salt-and-pepper'))
  const { samples, refused, ...origin } = await testSet(options, trained.dataset, noise, output)

  trained.place(session.device)
  using denoiser = await compileDenoiser(session.device, trained.model, trained.kind.tile)
  const { evaluation } = await measured(denoiser, samples)

  output.line(`Weights: ${trained.path} (${trained.kind.name}); seed ${options.seed}.`)
  for (const line of evaluationLines(evaluation, `${origin.source}, ${noiseText(noise)}`)) output.line(line)
  if (refused > 0) output.note(`${refused} of ${samples.length + refused} files could not be used.`)
  output.result({
    weights: trained.path,
    model: trained.kind.name,
    noise,
    seed: options.seed,
    ...origin,
    refused,
    ...evaluation,
  })
  return refused > 0 ? EXIT.failed : EXIT.ok
}

async function testSet(
  options: EvaluateOptions,
  trainedOn: string | undefined,
  noise: Noise,
  output: Output,
): Promise<TestSet> {
  if (options.images === undefined) {
    const { test, source, checksum } = await loadDataset(options.dataset ?? trainedOn ?? 'fashion-mnist', options)
    return { samples: samplesOf(test, noise, options.seed, options.testImages), source, checksum, refused: 0 }
  }
  const { images, refused } = await readImages([options.images], output)
  const samples = images.map(({ name, image }, i) => ({
    name,
    clean: image,
    noisy: withNoise(image, noise, options.seed, i),
  }))
  return { samples: samples.slice(0, options.testImages), source: options.images, refused }
}

async function measured(...[denoiser, samples]: Parameters<typeof evaluate>): ReturnType<typeof evaluate> {
  using bar = startProgress('denoising {bar} {value}/{total} tiles', samples.length)
  return await evaluate(denoiser, samples, (done, total) => bar.update(done, {}, total))
}
