import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { loadDataset } from '@noisescope/images/node'
import { noiseText } from '@noisescope/models'
import { defaultNoise } from '@noisescope/noise'
import { demoPhotograph } from './demo-photograph.ts'
import { compileDenoiser } from './denoiser.ts'
import { evaluate, evaluationLines } from './evaluation.ts'
import { jsonText, writableFolder } from './files.ts'
import type { CommonOptions, Output } from './output.ts'
import { writeFigures } from './run-figures.ts'
import { samplesOf, shownSamples } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

export interface DemoOptions extends CommonOptions {
  readonly weights?: string
  readonly output: string
  readonly testImages: number
}

/** Rows of the comparison strip. */
const SHOWN = 8

/**
 * The main job with the shipped weights: noise on a held-out photograph and on held-out images of a data set, the networks,
 * their figures and their measures. With weights of one's own, on the data set alone.
 */
export async function demoCommand(options: DemoOptions, output: Output): Promise<void> {
  using session = await openSession(output)
  const trained = await loadWeights({ weights: options.weights })
  const { kind } = trained
  if (kind.takes !== 'tiles') {
    throw new InputError(`the demo is of the autoencoder; for the ${kind.name} use noisescope denoise or evaluate`)
  }
  const noise = trained.noise ?? defaultNoise('salt-and-pepper')
  const dataset = await loadDataset(trained.dataset ?? 'fashion-mnist')
  const samples = samplesOf(dataset.test, noise, options.seed, options.testImages)
  const folder = await writableFolder(options.output)

  const { device } = session
  const photograph = options.weights === undefined ? await demoPhotograph(device, options.seed, folder) : undefined
  for (const line of photograph ? [...photograph.lines, ''] : []) output.line(line)
  trained.place(device)
  using denoiser = await compileDenoiser(device, trained.model, kind.tile)
  const { evaluation, denoised } = await evaluate(denoiser, samples)
  const shown = shownSamples(dataset.test, samples, denoised, SHOWN)
  const dead = denoiser.deadChannels.byLayer
  const { summary, layers } = await writeFigures(folder, {
    device,
    kind,
    model: trained.model,
    noise,
    ...shown,
    dead,
    source: `${dataset.name} test images`,
  })
  const metricsPath = join(folder, 'metrics.json')
  const metrics = {
    weights: trained.path,
    dataset: dataset.source,
    noise,
    seed: options.seed,
    adapter: device.info.description,
    ...evaluation,
    layers,
    ...(photograph && { photograph: photograph.result }),
  }
  await writeWhole(metricsPath, jsonText(metrics))

  for (const line of evaluationLines(evaluation, `${dataset.name} held out, ${noiseText(noise)}`)) output.line(line)
  output.line(`Wrote ${[metricsPath, ...(photograph ? [photograph.figure] : []), ...summary].join(', ')}.`)
  output.result({ folder, ...metrics })
}
