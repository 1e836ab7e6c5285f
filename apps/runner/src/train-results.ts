import { join } from 'node:path'
import type { Device } from '@noisescope/core'
import { encodeWeights, trainedNoiseText } from '@noisescope/models'
import type { UnusualDevice } from './device-flags.ts'
import { lossCurve, saveFigure } from './figures/index.ts'
import { jsonText } from './files.ts'
import { type RunFolder, TRACE } from './run-folder.ts'
import type { Trained } from './training.ts'
import type { MeasuredTraining, TrainingTask } from './training-task.ts'

/** Everything that a finished training leaves. */
export interface TrainingResults {
  readonly device: Device
  readonly task: TrainingTask
  readonly seed: number
  readonly trained: Trained
  readonly measured: MeasuredTraining
}

/** What must stay the same, besides what `train` compares itself, for a resumed run to reach the same numbers. */
export const settingsOf = (
  { options, noise, dataset, settings }: TrainingTask,
  device: UnusualDevice,
): Record<string, string> => ({
  'data set': dataset.checksum,
  noise: JSON.stringify(noise),
  network: JSON.stringify(options),
  ...Object.fromEntries(Object.entries(device).map(([flag, value]) => [flag, String(value)])),
  ...settings,
})

/** Writes weights, history, loss curve and, last of all, metrics into the run's folder. @returns the metrics, and the paths. */
export async function writeTraining(
  folder: RunFolder,
  { device, task, seed, trained, measured }: TrainingResults,
): Promise<{ metrics: object; written: string[] }> {
  const { kind, model, options, noise, dataset, run, lossName } = task
  const record = { model: kind.name, options, noise, dataset: dataset.name }
  const about = {
    datasetChecksum: dataset.checksum,
    seed,
    epochs: run.epochs,
    batchSize: run.batchSize,
    ...task.notes,
    steps: trained.checkpoint.step,
    endedBy: trained.reason,
  }
  const texts = Object.entries({ ...about, ...measured.notes }).map(([name, value]) => [name, String(value)])
  await folder.write('model.safetensors', await encodeWeights(device, model, record, Object.fromEntries(texts)))

  const stepsPerEpoch = Math.floor(run.data.count / run.batchSize)
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
  const { penalty } = run
  const losses =
    penalty === undefined
      ? { loss: lossName }
      : { loss: `${lossName} + ${penalty.name}`, validationLoss: `${lossName}, without penalty` }
  await folder.write('history.json', jsonText({ ...losses, stepsPerEpoch, steps: history, validation }))
  const title = `${kind.name}, ${dataset.name}, ${trainedNoiseText(noise)}`
  const axis = penalty === undefined ? lossName : `${lossName}, in training with penalty`
  await saveFigure(lossCurve({ history, validation, title, lossName: axis }), join(folder.path, 'loss.png'))

  const speed = {
    trainingImagesPerSecond: trained.imagesPerSecond,
    trainingSeconds: trained.seconds,
    adapter: device.info.description,
  }
  const metrics = { run: folder.path, ...record, ...about, ...speed, ...measured.metrics, layers: measured.layers }
  await folder.write('metrics.json', jsonText(metrics))
  const names = ['model.safetensors', 'checkpoint.safetensors', TRACE, 'history.json', 'metrics.json', 'loss.png']
  return { metrics, written: names.map((name) => join(folder.path, name)) }
}
