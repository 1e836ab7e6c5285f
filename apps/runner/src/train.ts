import { join } from 'node:path'
import { loadDataset } from '@noisescope/images/node'
import { type TrainingRun, adam, constantSchedule, parametersOf } from '@noisescope/nn'
import { type Noise, addNoise, defaultNoise, describeNoise } from '@noisescope/noise'
import { compileDenoiser } from './denoiser.ts'
import { evaluate, evaluationLines } from './evaluation.ts'
import { InterruptedError } from './failure.ts'
import { lossCurve, saveFigure } from './figures/index.ts'
import { jsonText } from './files.ts'
import { listenForInterrupt } from './interrupt.ts'
import { type ModelOptions, modelKind } from './models.ts'
import { type NoiseFlags, noiseFrom } from './noise-options.ts'
import type { Output } from './output.ts'
import { duration } from './progress.ts'
import { writeFigures } from './run-figures.ts'
import { openRunFolder, type RunFolder } from './run-folder.ts'
import { samplesOf, trainingDataOf, variedIndices } from './samples.ts'
import { openSession } from './session.ts'
import { type Trained, trainToEnd } from './training.ts'
import { encodeWeights } from './weights.ts'

export interface TrainOptions extends NoiseFlags, ModelOptions {
  readonly model: string
  readonly dataset: string
  readonly full?: boolean
  readonly data?: string
  readonly epochs: number
  readonly maxMinutes: number
  readonly batchSize: number
  readonly learningRate: number
  readonly seed: number
  readonly run?: string
  readonly checkpointEvery: number
  readonly resume?: boolean
  readonly force?: boolean
  readonly trainImages?: number
  readonly testImages: number
}

/** Rows of the comparison strip. */
const SHOWN = 6

/** Images -> noise -> program -> metrics -> figures: trains a model, measures it on held-out images, and writes `runs/<name>`. */
export async function trainCommand(options: TrainOptions, output: Output): Promise<void> {
  using session = await openSession(output)
  const kind = modelKind(options.model)
  const dataset = await loadDataset(options.dataset, options)
  const noise = noiseFrom(options, defaultNoise('salt-and-pepper'))
  const data = trainingDataOf(dataset.train, kind, options.batchSize, options.trainImages)
  const folder = await openRunFolder(options.run ?? `${kind.name}-${dataset.name}-${noise.kind}-${options.seed}`, options)
  output.line(`Training the ${kind.name} on ${data.count} images (${dataset.source}) with ${describeNoise(noise)} noise.`)

  const model = kind.build(options, options.seed)
  const run = {
    model,
    data,
    corrupt: (clean, key) => addNoise(clean, noise, key),
    loss: kind.loss(options),
    optimiser: adam(parametersOf(model), { eps: kind.recipe.adamEps }),
    schedule: constantSchedule(options.learningRate),
    batchSize: options.batchSize,
    epochs: options.epochs,
    maxSeconds: options.maxMinutes * 60,
    seed: options.seed,
    checkpointEvery: options.checkpointEvery,
    settings: settingsOf(options, noise, dataset.checksum, data.count),
  } satisfies Partial<TrainingRun>
  const trained = await trainInterruptibly(run, { session, folder, output })

  using denoiser = await compileDenoiser(session.device, model, kind.tile)
  const samples = samplesOf(dataset.test, noise, options.seed, options.testImages)
  const { evaluation, denoised } = await evaluate(denoiser, samples)

  const shown = variedIndices(dataset.test, SHOWN).filter((index) => index < samples.length)
  const { written, layers } = await writeFigures(folder.path, {
    device: session.device,
    trained: { kind, model },
    noise,
    samples: shown.flatMap((index) => samples[index] ?? []),
    denoised: shown.flatMap((index) => denoised[index] ?? []),
    dead: denoiser.deadChannels.byLayer,
    source: `${dataset.name} test images`,
  })
  const history = historyOf(trained, Math.floor(data.count / options.batchSize), kind.lossName(options))
  const curve = join(folder.path, 'loss.png')
  await saveFigure(lossCurve({ history: history.steps, title: `${kind.name}, ${dataset.name}, ${describeNoise(noise)}`, lossName: history.loss }), curve)

  const record = { model: kind.name, options: { end: options.end }, noise, dataset: dataset.name }
  const about = aboutRun(options, trained, dataset)
  const texts = Object.entries({ ...about, ...evaluation.denoised }).map(([name, value]) => [name, String(value)])
  await folder.write('model.safetensors', await encodeWeights(session.device, model, record, Object.fromEntries(texts)))
  await folder.write('history.json', jsonText(history))
  const metrics = { ...record, ...about, adapter: session.device.info.description, ...evaluation, layers }
  await folder.write('metrics.json', jsonText(metrics))

  for (const line of evaluationLines(evaluation, `${dataset.name} held out, ${describeNoise(noise)}`)) output.line(line)
  const files = ['model.safetensors', 'checkpoint.safetensors', 'history.json', 'metrics.json'].map((name) => join(folder.path, name))
  output.line(`Wrote ${[...files, curve, ...written.slice(0, 2)].join(', ')} and a page for each layer in ${join(folder.path, 'activations')}.`)
  output.result({ run: folder.path, ...metrics })
}

/** Trains until the end, the time limit or Ctrl-C. @throws InterruptedError after Ctrl-C, when everything is saved. */
async function trainInterruptibly(
  run: Parameters<typeof trainToEnd>[0],
  { folder, output, ...context }: Parameters<typeof trainToEnd>[1] & { folder: RunFolder },
): Promise<Trained> {
  using interrupt = listenForInterrupt(() => output.note('Stopping after this step; once more to leave at once.'))
  const trained = await trainToEnd({ ...run, signal: interrupt.signal }, { folder, output, ...context })
  const { step } = trained.checkpoint
  if (trained.reason === 'stopped') {
    throw new InterruptedError(`stopped after step ${step}, saved in ${folder.checkpointPath}; the same command with --resume goes on from there`)
  }
  const ended = trained.reason === 'time' ? `The time limit of ${duration(run.maxSeconds ?? 0)} ended the training` : 'Trained'
  output.line(`${ended}: ${step} steps, ${trained.imagesPerSecond.toFixed(1)} images/s, ${duration(trained.seconds)}.`)
  return trained
}

/** What must stay the same for a resumed run to reach the same numbers. */
const settingsOf = (options: TrainOptions, noise: Noise, checksum: string, images: number): Record<string, string> => ({
  model: options.model,
  end: options.end,
  'data set': checksum,
  'training images': String(images),
  noise: JSON.stringify(noise),
  seed: String(options.seed),
  'batch size': String(options.batchSize),
  'learning rate': String(options.learningRate),
})

const aboutRun = (options: TrainOptions, { checkpoint, reason, imagesPerSecond, seconds }: Trained, dataset: { source: string; checksum: string }) => ({
  datasetSource: dataset.source,
  datasetChecksum: dataset.checksum,
  seed: options.seed,
  epochs: options.epochs,
  batchSize: options.batchSize,
  learningRate: options.learningRate,
  steps: checkpoint.step,
  endedBy: reason,
  trainingImagesPerSecond: imagesPerSecond,
  trainingSeconds: seconds,
})

/** The loss of every step. */
const historyOf = ({ checkpoint }: Trained, stepsPerEpoch: number, loss: string) => ({
  loss,
  stepsPerEpoch,
  steps: checkpoint.losses.map((value, i) => ({ step: i + 1, epoch: Math.floor(i / stepsPerEpoch) + 1, loss: value })),
})
