import { join } from 'node:path'
import type { Device } from '@noisescope/core'
import type { Dataset } from '@noisescope/images'
import type { Model } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import type { Evaluation } from './evaluation.ts'
import { lossCurve, saveFigure } from './figures/index.ts'
import { jsonText } from './files.ts'
import type { ModelKind } from './models.ts'
import { noiseText } from './noise-options.ts'
import type { LayerNote } from './run-figures.ts'
import type { RunFolder } from './run-folder.ts'
import type { TrainOptions } from './train.ts'
import type { Trained } from './training.ts'
import { encodeWeights } from './weights.ts'

/** Everything that a finished training leaves. */
export interface TrainingResults {
  readonly device: Device
  readonly kind: ModelKind
  readonly model: Model
  readonly noise: Noise
  readonly options: TrainOptions
  readonly dataset: Dataset
  readonly trained: Trained
  readonly evaluation: Evaluation
  readonly layers: readonly LayerNote[]
}

/** What must stay the same, besides what `train` compares itself, for a resumed run to reach the same numbers. */
export const settingsOf = (options: TrainOptions, noise: Noise, checksum: string): Record<string, string> => ({
  end: options.end,
  'data set': checksum,
  noise: JSON.stringify(noise),
  'learning rate': String(options.learningRate),
})

/** Writes weights, history, loss curve and, last of all, metrics into the run's folder. @returns the metrics, and the paths. */
export async function writeTraining(
  folder: RunFolder,
  results: TrainingResults,
): Promise<{ metrics: object; written: string[] }> {
  const { device, kind, model, noise, options, dataset, trained, evaluation, layers } = results
  const record = { model: kind.name, options: { end: options.end }, noise, dataset: dataset.name }
  const about = {
    datasetChecksum: dataset.checksum,
    seed: options.seed,
    epochs: options.epochs,
    batchSize: options.batchSize,
    learningRate: options.learningRate,
    steps: trained.checkpoint.step,
    endedBy: trained.reason,
  }
  const texts = Object.entries({ ...about, ...evaluation.denoised }).map(([name, value]) => [name, String(value)])
  await folder.write('model.safetensors', await encodeWeights(device, model, record, Object.fromEntries(texts)))

  const stepsPerEpoch = Math.floor(
    Math.min(options.trainImages ?? dataset.train.count, dataset.train.count) / options.batchSize,
  )
  const history = trained.checkpoint.losses.map((loss, i) => ({
    step: i + 1,
    epoch: Math.floor(i / stepsPerEpoch) + 1,
    loss,
  }))
  const validation = trained.checkpoint.validations.map((loss, i) => ({
    step: (i + 1) * stepsPerEpoch,
    epoch: i + 1,
    loss,
  }))
  const lossName = kind.lossName(options)
  await folder.write('history.json', jsonText({ loss: lossName, stepsPerEpoch, steps: history, validation }))
  const title = `${kind.name}, ${dataset.name}, ${noiseText(noise)}`
  await saveFigure(lossCurve({ history, validation, title, lossName }), join(folder.path, 'loss.png'))

  const speed = {
    trainingImagesPerSecond: trained.imagesPerSecond,
    trainingSeconds: trained.seconds,
    adapter: device.info.description,
  }
  const metrics = { run: folder.path, ...record, ...about, ...speed, ...evaluation, layers }
  await folder.write('metrics.json', jsonText(metrics))
  const names = ['model.safetensors', 'checkpoint.safetensors', 'history.json', 'metrics.json', 'loss.png']
  return { metrics, written: names.map((name) => join(folder.path, name)) }
}
