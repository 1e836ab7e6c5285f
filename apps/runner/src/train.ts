import { loadDataset } from '@noisescope/images/node'
import { adam, constantSchedule, parametersOf } from '@noisescope/nn'
import { addNoise, defaultNoise } from '@noisescope/noise'
import { compileDenoiser } from './denoiser.ts'
import { evaluate, evaluationLines } from './evaluation.ts'
import { type ModelOptions, modelKind } from './models.ts'
import { type NoiseFlags, noiseFrom, noiseText } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { writeFigures } from './run-figures.ts'
import { openRunFolder } from './run-folder.ts'
import { samplesOf, shownSamples, trainingDataOf } from './samples.ts'
import { openSession } from './session.ts'
import { settingsOf, writeTraining } from './train-results.ts'
import { trainToEnd } from './training.ts'
import { validator } from './validation.ts'

/** Flags of `train`. */
export interface TrainOptions extends CommonOptions, NoiseFlags, ModelOptions {
  readonly model: string
  readonly dataset: string
  readonly full?: boolean
  readonly data?: string
  readonly epochs: number
  readonly maxMinutes: number
  readonly batchSize: number
  readonly learningRate: number
  readonly run?: string
  readonly checkpointEvery: number
  readonly tune?: number
  readonly resume?: boolean
  readonly force?: boolean
  readonly trainImages?: number
  readonly testImages: number
}

/** For trying algorithms on hardware, where they compile in no time and no cost model knows the winner. */
const TUNE_SECONDS = 20

/** Rows of the comparison strip. */
const SHOWN = 6

/** Images -> noise -> program -> metrics -> figures: trains a model, measures it on held-out images, and writes `runs/<name>`. */
export async function trainCommand(options: TrainOptions, output: Output): Promise<void> {
  using session = await openSession(output)
  const kind = modelKind(options.model)
  const dataset = await loadDataset(options.dataset, options)
  const noise = noiseFrom(options, defaultNoise('salt-and-pepper'))
  const data = trainingDataOf(dataset.train, kind, options.batchSize, options.trainImages)
  const folder = await openRunFolder(
    options.run ?? `${kind.name}-${dataset.name}-${noise.kind}-${options.seed}`,
    options,
  )
  output.line(`Training the ${kind.name} on ${data.count} images (${dataset.source}); noise: ${noiseText(noise)}.`)

  const model = kind.build(options, options.seed)
  const loss = kind.loss(options)
  const samples = samplesOf(dataset.test, noise, options.seed, options.testImages)
  const run = {
    model,
    data,
    corrupt: (clean, key) => addNoise(clean, noise, key),
    loss,
    validate: validator({ session, model, loss, samples }),
    optimiser: adam(parametersOf(model), { eps: kind.recipe.adamEps }),
    schedule: constantSchedule(options.learningRate),
    batchSize: options.batchSize,
    epochs: options.epochs,
    maxSeconds: options.maxMinutes * 60,
    seed: options.seed,
    checkpointEvery: options.checkpointEvery,
    tuneSeconds: options.tune ?? (session.device.info.traits.kind === 'hardware' ? TUNE_SECONDS : 0),
    settings: settingsOf(options, noise, dataset.checksum),
  } satisfies Parameters<typeof trainToEnd>[0]
  const trained = await trainToEnd(run, { session, folder, output })

  const { device } = session
  using denoiser = await compileDenoiser(device, model, kind.tile)
  const { evaluation, denoised } = await evaluate(denoiser, samples)
  for (const line of evaluationLines(evaluation, `${dataset.name} held out, ${noiseText(noise)}`)) output.line(line)

  const shown = shownSamples(dataset.test, samples, denoised, SHOWN)
  const subject = { device, kind, model, noise }
  const dead = denoiser.deadChannels.byLayer
  const source = `${dataset.name} test images`
  const { layers, summary } = await writeFigures(folder.path, { ...subject, ...shown, dead, source })
  const result = await writeTraining(folder, { ...subject, options, dataset, trained, evaluation, layers })
  output.line(`Wrote ${[...result.written, ...summary].join(', ')}.`)
  output.result(result.metrics)
}
