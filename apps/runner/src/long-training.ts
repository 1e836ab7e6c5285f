import type { AdapterInfo } from '@noisescope/core'
import { modelKind } from '@noisescope/models'
import { parametersOf } from '@noisescope/nn'
import { duration } from './progress.ts'
import { fasterAdapter } from './session.ts'
import type { TrainingTask } from './training-task.ts'

/** Seconds of a training that people are told of before it starts. */
export const LONG_TRAINING = 2 * 60 * 60

/** The network of photographs that software adapters train too. */
const SMALL_MODEL = 'dncnn-compact'

/** A training that will take long. */
export interface LongTraining {
  readonly task: Pick<TrainingTask, 'kind' | 'model' | 'run'>
  /** When it ends in any case, in seconds. */
  readonly maxSeconds?: number | undefined
  readonly adapter: Pick<AdapterInfo, 'description' | 'traits'>
}

/** How long a training will take, and what would be faster. */
export function longTrainingLines(
  { seconds, steps }: { readonly seconds: number; readonly steps: number },
  { task, maxSeconds = Number.POSITIVE_INFINITY, adapter }: LongTraining,
): string[] {
  const { kind, run } = task
  const epoch = (seconds / steps) * Math.floor(run.data.count / run.batchSize)
  const epochs = Math.floor(LONG_TRAINING / epoch)
  const limited = seconds > maxSeconds ? `, of which its limit allows ${duration(maxSeconds)}` : ''
  const small = secondsOfSmallModel(seconds, task)
  const faster = [
    epochs >= 1
      ? `--epochs ${epochs} ends in about ${duration(epochs * epoch)}`
      : `one epoch alone takes ${duration(epoch)}`,
    kind.takes === 'photographs'
      ? `fewer --patches (${run.data.count} an epoch) take so much less`
      : `fewer --train-images (${run.data.count}) take so much less`,
    '--max-minutes 120 ends after two hours, with what is learned by then',
    ...(small === undefined
      ? []
      : [`--model ${SMALL_MODEL}, a smaller network, takes about ${duration(small)} by its recipe`]),
    fasterAdapter(adapter) ?? 'a faster graphics card',
  ]
  return [
    `This training will take about ${duration(seconds)} on this adapter${limited} (${steps} steps, an epoch has ${Math.floor(run.data.count / run.batchSize)}). What would be faster:`,
    ...faster.map((each) => `  - ${each}`),
    'Ctrl-C ends it at any time and keeps a checkpoint, from which --resume goes on.',
  ]
}

/** Seconds that the small network's own recipe would take, as the parameters, pixels and steps of both say. */
function secondsOfSmallModel(
  seconds: number,
  { kind, model, run }: Pick<TrainingTask, 'kind' | 'model' | 'run'>,
): number | undefined {
  const small = modelKind(SMALL_MODEL)
  if (kind.takes !== 'photographs' || small.takes !== 'photographs' || kind.name === SMALL_MODEL) return undefined
  const { patch, placement, epochs } = small.recipe({})
  if (placement.kind !== 'random') return undefined
  const [, height = 0, width = 0] = run.data.shape
  const own = parameters(model) * height * width * run.data.count * run.epochs
  const other = parameters(small.build({})) * patch ** 2 * placement.count * epochs
  return other < own ? (seconds * other) / own : undefined
}

const parameters = (model: TrainingTask['model']): number =>
  parametersOf(model).reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0)
