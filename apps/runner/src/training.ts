import { DeviceLostError, NoisescopeError, NotFiniteError } from '@noisescope/core'
import { type Checkpoint, type EndReason, type TrainingEvent, type TrainingRun, train } from '@noisescope/nn'
import { CheckpointKeeper } from './checkpoint-keeper.ts'
import { InterruptedError, messageOf } from './failure.ts'
import { listenForInterrupt } from './interrupt.ts'
import type { Output } from './output.ts'
import { duration, type Progress, startProgress } from './progress.ts'
import type { RunFolder } from './run-folder.ts'
import type { Session } from './session.ts'

/** Devices that may be lost in one run before it gives up. */
const LOSSES_ALLOWED = 3

const STEP_FORMAT =
  'epoch {epoch} {bar} step {value}/{total} · batch {batch} · {rate} images/s · loss {loss} · {left} left'

const OTHER_ADAPTER =
  'This run began on another adapter or driver: from here on its numbers differ in their last digits from those that it would have reached there.'

/** How a training ended. */
export interface Trained {
  readonly checkpoint: Checkpoint
  readonly reason: EndReason
  readonly imagesPerSecond: number
  readonly seconds: number
}

/** What training needs besides the run itself. */
export interface TrainingContext {
  readonly session: Session
  readonly folder: Pick<RunFolder, 'checkpoint' | 'checkpointPath' | 'keep'>
  /** Called after a checkpoint was kept, when its values are on the device. */
  readonly onKept?: ((checkpoint: Checkpoint) => Promise<void>) | undefined
  /** Called before the first step of a training that will take long. */
  readonly onEstimate?: (estimate: TrainingEvent & { kind: 'estimate' }) => void
  /** Called when the values of a checkpoint that the run goes on from are on the device. */
  readonly onResume?: ((checkpoint: Checkpoint) => Promise<void>) | undefined
  readonly output: Output
  /** Said of a run that Ctrl-C stopped after a step, instead of how the command `train` goes on. */
  readonly stopped?: string | undefined
}

/**
 * Trains until the last epoch, the time limit or Ctrl-C, with a progress bar, keeping every checkpoint in the run's folder.
 * A lost device is opened again and the run goes on from its last checkpoint.
 * @throws InterruptedError after Ctrl-C, when everything is saved; NotFiniteError when a loss is NaN or infinite, naming the
 *   checkpoint that is still good; DeviceLostError when devices are lost again and again.
 */
export async function trainToEnd(
  run: Omit<TrainingRun, 'device' | 'resume' | 'signal'>,
  context: TrainingContext,
): Promise<Trained> {
  const { folder, output } = context
  const keeper = new CheckpointKeeper(folder)
  const leaving = async (): Promise<string> => stoppedText(await keeper.end(), context)
  using interrupt = listenForInterrupt(output, { word: 'Stopping', leaving })
  const { signal } = interrupt
  const trained = await trainAcrossLosses({ ...run, signal, holdState: true }, context, keeper)
  const { step } = trained.checkpoint
  if (trained.reason === 'stopped') throw new InterruptedError(stoppedText(step, context))
  if (step === 0)
    throw new NoisescopeError('the time limit ended the training before its first step; allow more with --max-minutes')
  const ended =
    trained.reason === 'time' ? `The limit of ${duration(run.maxSeconds ?? 0)} ended the training` : 'Trained'
  output.line(`${ended}: ${step} steps, ${trained.imagesPerSecond.toFixed(1)} images/s, ${duration(trained.seconds)}.`)
  return trained
}

function stoppedText(step: number | undefined, { folder, stopped }: TrainingContext): string {
  if (step === undefined) return 'stopped before the first step was done: there is nothing to keep'
  return (
    stopped ??
    `stopped after step ${step}, saved in ${folder.checkpointPath}; the same command with --resume goes on from there`
  )
}

async function trainAcrossLosses(
  run: Omit<TrainingRun, 'device' | 'resume'>,
  context: TrainingContext,
  keeper: CheckpointKeeper,
): Promise<Trained> {
  const { session, folder, output } = context
  const started = performance.now()
  const secondsGone = () => (performance.now() - started) / 1000
  let last = folder.checkpoint
  const keep = async (checkpoint: Checkpoint): Promise<void> => {
    await keeper.keep(checkpoint)
    last = checkpoint
    await context.onKept?.(checkpoint)
  }
  for (let lost = 0; ; ) {
    try {
      const { device } = session
      const resume = last === undefined ? {} : { resume: last }
      const maxSeconds = run.maxSeconds === undefined ? {} : { maxSeconds: run.maxSeconds - secondsGone() }
      const events = train({ ...run, ...maxSeconds, ...resume, device })
      const end = await follow(events, { keep, hold: keeper.hold, context })
      return { ...end, seconds: secondsGone() }
    } catch (error) {
      if (error instanceof NotFiniteError) {
        const kept = last === undefined ? 'there is none yet' : `${folder.checkpointPath}, step ${last.step}`
        throw new NotFiniteError(`${error.message} (${kept})`, { cause: error })
      }
      if (!(error instanceof DeviceLostError) || ++lost > LOSSES_ALLOWED) throw error
      output.note(`${messageOf(error)}. Opening it again and going on from step ${last?.step ?? 0}.`)
      await session.reopen()
    }
  }
}

/** Shows the events of a training and keeps its checkpoints. */
async function follow(
  events: AsyncIterable<TrainingEvent>,
  { keep, hold, context }: Pick<RunFolder, 'keep'> & Pick<CheckpointKeeper, 'hold'> & { context: TrainingContext },
): Promise<Omit<Trained, 'seconds'>> {
  const { session, onResume, onEstimate, output } = context
  const problem = () => session.device.tuning?.problem
  let bar: Progress | undefined
  let checkpoint: Checkpoint | undefined
  try {
    for await (const event of events) {
      switch (event.kind) {
        case 'resume':
          if (!event.sameAdapter) output.note(OTHER_ADAPTER)
          await onResume?.(event.checkpoint)
          break
        case 'tune':
          output.note(`Timing algorithms: ${event.done + 1} of ${event.total} operations.`)
          break
        case 'compile':
          if (event.done < event.total) break
          if (problem()) output.note(`Note: ${problem()}: what was timed is not remembered for the next training.`)
          output.note(`Compiled ${event.total} kernels.`)
          break
        case 'estimate':
          onEstimate?.(event)
          break
        case 'held':
          hold(event.checkpoint)
          break
        case 'step': {
          const values = stepValues(event)
          bar ??= startProgress(STEP_FORMAT, event.steps, { done: event.step, values })
          bar.update(event.step, values)
          if (event.batch < event.batches) break
          bar[Symbol.dispose]()
          bar = undefined
          break
        }
        case 'epoch':
          output.note(`Epoch ${event.epoch}: mean loss ${event.meanLoss.toFixed(4)}${heldOut(event.validation)}`)
          break
        case 'checkpoint':
          await keep(event.checkpoint)
          checkpoint = event.checkpoint
          break
        case 'end':
          if (checkpoint !== undefined)
            return { checkpoint, reason: event.reason, imagesPerSecond: event.imagesPerSecond }
      }
    }
  } finally {
    bar?.[Symbol.dispose]()
  }
  throw new Error('the training ended without a checkpoint')
}

const heldOut = (loss: number | undefined): string =>
  loss === undefined ? '' : `, on held-out images ${loss.toFixed(4)}`

const stepValues = ({
  epoch,
  batch,
  batches,
  loss,
  imagesPerSecond,
  secondsLeft,
}: TrainingEvent & { kind: 'step' }): Record<string, string> => ({
  epoch: String(epoch),
  batch: `${batch}/${batches}`,
  rate: imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0),
  loss: loss.toFixed(4),
  left: duration(secondsLeft),
})
