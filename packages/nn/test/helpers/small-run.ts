import { add, type Device, meanSquaredErrorLoss, mul, randomTensor } from '@noisescope/core'
import {
  adam,
  batchNorm2dLayer,
  constantSchedule,
  conv2dLayer,
  type Model,
  parametersOf,
  sequence,
  type TrainingData,
  type TrainingEvent,
  type TrainingRun,
  train,
  variablesOf,
} from '../../src/index.ts'

const SIDE = 8
const SEED = 7

/** Two convolutions and a batch normalisation: a checkpoint of it needs parameters, moments and running statistics. */
export function smallModel(seed = SEED): Model {
  const layers = [
    conv2dLayer({ name: 'first', inputs: 1, outputs: 4, bias: false, seed, stream: 0 }),
    batchNorm2dLayer({ name: 'norm', channels: 4, seed, stream: 1 }),
    conv2dLayer({ name: 'last', inputs: 4, outputs: 1, seed, stream: 2 }),
  ]
  return {
    name: 'small',
    layers,
    channels: 1,
    output: 'clean',
    multiple: 1,
    forward: (noisy, options = {}) => sequence(layers, noisy, options),
  }
}

/** Images of one slope each, on 0..1; the step shifts them a little, as augmentation would. */
export function slopes(count: number): TrainingData {
  const pixel = (image: number, step: number, i: number) =>
    (((i % SIDE) * (image % 5) + Math.floor(i / SIDE) * (image % 3) + (step % 4)) % 60) / 60
  return {
    count,
    shape: [1, SIDE, SIDE],
    batch: (indices, step) =>
      Float32Array.from(
        Array.from(indices).flatMap((image) => Array.from({ length: SIDE * SIDE }, (_, i) => pixel(image, step, i))),
      ),
  }
}

/** A run of 4 epochs of 5 steps over the slopes, with fresh model and optimiser. */
export function smallRun(device: Device, changes: Partial<TrainingRun> = {}): TrainingRun {
  const model = changes.model ?? smallModel()
  return {
    device,
    model,
    optimiser: adam(parametersOf(model)),
    data: slopes(22),
    corrupt: (clean, key) => {
      const noise = mul(0.1, randomTensor('normal', key, clean.shape))
      return { noisy: add(clean, noise), noise }
    },
    loss: (output, { clean }) => meanSquaredErrorLoss(output, clean),
    batchSize: 4,
    epochs: 4,
    schedule: constantSchedule(0.01),
    seed: SEED,
    ...changes,
  }
}

/** All that a run tells. */
export async function eventsOf(run: TrainingRun): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = []
  for await (const event of train(run)) events.push(event)
  return events
}

/** The events of one kind. */
export const only = <Kind extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: Kind) =>
  events.filter((event): event is Extract<TrainingEvent, { kind: Kind }> => event.kind === kind)

/** The losses of the steps that were told, and every value of the model afterwards. */
export async function numbersOf(run: TrainingRun): Promise<{ losses: number[]; values: Float32Array[] }> {
  const losses = only(await eventsOf(run), 'step').map(({ loss }) => loss)
  return { losses, values: await run.device.read([...variablesOf(run.model), ...run.optimiser.state]) }
}
