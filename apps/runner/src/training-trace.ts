import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { ExplainSession, sessionTrace, traceFrame } from '@noisescope/explain'
import { readTrace, type TraceFrame, type TrainingHistory, writeTrace } from '@noisescope/explain/trace'
import { usualLayers } from '@noisescope/models'
import type { Checkpoint } from '@noisescope/nn'
import { scoresOf, sourceOf } from './explanation-trace.ts'
import type { Output } from './output.ts'
import { type RunFolder, TRACE } from './run-folder.ts'
import type { Session } from './session.ts'
import type { TrainingTask } from './training-task.ts'
import { versionText } from './version.ts'

/** When a training's trace has a frame, as shares of all its steps: most changes in the beginning. */
const MOMENTS = [0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4]
/** Most points of the curve of losses: as many as a screen is wide. */
const CURVE_POINTS = 2000

/** What of a checkpoint a trace tells. */
type Moment = Pick<Checkpoint, 'step' | 'losses' | 'validations'>

/** What a training's trace is made of. */
export interface TrainingTraceOptions {
  readonly session: Pick<Session, 'device'>
  readonly folder: Pick<RunFolder, 'path' | 'checkpoint' | 'write'>
  readonly task: TrainingTask
  readonly seed: number
  readonly checkpointEvery: number
  readonly output: Output
}

/** How a training went: what the model made of one held-out image at some of its steps, and its losses. */
export interface TrainingTrace extends Disposable {
  /** Adds a frame if it is time for one, with the weights that are on the device now. */
  look(moment: Moment): Promise<void>
  /**
   * Adds the frame of the checkpoint that a run goes on from, if it was time for one and the run was killed, or lost its device,
   * between the two. Nothing to a trace whose earlier frames are lost: it begins behind.
   */
  catchUp(moment: Moment): Promise<void>
  /** Adds a frame of the end, if there is none yet. */
  end(moment: Moment): Promise<void>
}

/**
 * A trace `trace.safetensors` in the run's folder, which is whole after every frame. Frames are of the first of the run's regular
 * checkpoints after each of a few moments, and of its end, so a run that was interrupted has those of one that was not. Where the
 * frames of an earlier part of the run are lost, it begins where the run was resumed and says so.
 */
export async function openTrainingTrace(options: TrainingTraceOptions): Promise<TrainingTrace> {
  const { session, folder, task, seed, checkpointEvery } = options
  const { kind, model, run, shown } = task
  const frames = await earlierFrames(options)
  const stepsPerEpoch = Math.floor(run.data.count / run.batchSize)
  const steps = stepsPerEpoch * run.epochs
  const passed = (step: number): number => MOMENTS.filter((share) => share * steps <= step).length
  const subject = { noisy: shown.noisy.data, clean: shown.clean?.data, sigma: shown.sigma }
  let open: ExplainSession | undefined

  const add = async ({ step, losses, validations }: Moment): Promise<void> => {
    const { device } = session
    if (open?.device !== device) {
      open?.[Symbol.dispose]()
      open = new ExplainSession(device, model, shown.noisy)
    }
    const label = step === 0 ? 'before the first step' : `step ${step} of ${steps}`
    const frame = await traceFrame(open, subject, { label, step, layers: usualLayers(model) })
    const denoised = frame.denoised?.data ?? new Float32Array()
    frames.push({ ...frame, scores: scoresOf(shown, denoised, kind.takes === 'tiles') })
    const [first = frame, ...others] = frames
    const trace = sessionTrace(open, {
      createdBy: versionText,
      source: sourceOf(shown, seed),
      model: { name: kind.name, options: { ...task.options } },
      subject,
      frames: [first, ...others],
      training: historyOf(losses, validations, stepsPerEpoch),
    })
    await folder.write(TRACE, writeTrace(trace, { activations: 'uint8' }))
  }
  const latest = (): number | undefined => frames.at(-1)?.step

  const look = async (moment: Moment): Promise<void> => {
    const { step } = moment
    if (step % checkpointEvery !== 0) return
    const last = latest()
    if (last === undefined || passed(step) > passed(last)) await add(moment)
  }

  return {
    look,
    catchUp: async (moment) => {
      if (latest() !== undefined) await look(moment)
    },
    end: async (moment) => {
      if (latest() !== moment.step) await add(moment)
    },
    [Symbol.dispose]: () => open?.[Symbol.dispose](),
  }
}

/** The frames of what was done of the run before, in a list that may grow. */
async function earlierFrames({ folder, task, output }: TrainingTraceOptions): Promise<TraceFrame[]> {
  const { checkpoint } = folder
  if (checkpoint === undefined) return []
  const path = join(folder.path, TRACE)
  try {
    const { source, model, frames } = readTrace(await readFile(path), path)
    if (source.name !== task.shown.name || model.name !== task.kind.name) {
      throw new InputError(`${path} is of ${source.name} by the ${model.name}`)
    }
    return frames.filter(({ step = 0 }) => step <= checkpoint.step)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!missing && !(error instanceof InputError)) throw error
    const why = missing ? 'there is none' : error.message
    output.note(`The trace of this run begins after step ${checkpoint.step}: its earlier frames are lost (${why}).`)
    return []
  }
}

/** The losses of a run, means over equal stretches of steps where there are more than a curve shows. */
export function historyOf(
  losses: readonly number[],
  validations: readonly number[],
  stepsPerEpoch: number,
): TrainingHistory {
  const stretch = Math.max(1, Math.ceil(losses.length / CURVE_POINTS))
  const starts = Array.from({ length: Math.ceil(losses.length / stretch) }, (_, i) => i * stretch)
  const stretches = starts.map((start) => losses.slice(start, start + stretch))
  return {
    steps: stretches.map((part, i) => (starts[i] ?? 0) + part.length),
    loss: stretches.map((part) => part.reduce((sum, loss) => sum + loss, 0) / part.length),
    ...(validations.length === 0
      ? {}
      : { validation: { steps: validations.map((_, i) => (i + 1) * stepsPerEpoch), values: validations } }),
  }
}
