import { add, gradients, NotFiniteError, type Tensor, tune } from '@noisescope/core'
import { restoreCheckpoint, takeCheckpoint } from './checkpoint.ts'
import { epochsWithoutGain } from './early-stopping.ts'
import { estimatedSeconds } from './estimate.ts'
import type { Taps } from './layers.ts'
import { parametersOf } from './model.ts'
import { reporting } from './reporting.ts'
import { epochOrder, noiseKey } from './run-random.ts'
import { checkRun, type EndReason, settingsOf, type TrainingEvent, type TrainingRun } from './training-run.ts'

/** Runs in flight before the loop waits for the oldest loss: reading it back never stalls the queue. */
const IN_FLIGHT = 3
/** Seconds of a step from which on the queue has enough of a single one, and a caller who stops waits for no other. */
const SLOW_STEP = 0.1
/** Seconds between states that are told, where that is asked for: reading one costs about a hundredth of that. */
const HOLD_EVERY = 1

/** One step of a run: noise, forward, loss, gradients, and the optimiser's update. */
const stepOf =
  (run: TrainingRun) =>
  ({ clean, key }: { readonly clean: Tensor; readonly key: Tensor }) => {
    const { noisy, noise, sigma } = run.corrupt(clean, key)
    const told = sigma === undefined ? {} : { sigma }
    const taps: Taps = {}
    const tapped = run.penalty === undefined ? {} : { taps }
    const output = run.model.forward(noisy, { training: true, ...told, ...tapped })
    const own = run.loss(output, { clean, noise })
    const loss = run.penalty === undefined ? own : add(own, run.penalty.of(taps))
    const parameters = parametersOf(run.model).map(({ value }) => value)
    run.optimiser.update(gradients(loss, parameters))
    return { loss }
  }

/** The step as a program, after timing the algorithms of its convolutions where the run has time for it. */
async function compileStep(run: TrainingRun, isToBeTuned: boolean, report: (event: TrainingEvent) => void) {
  const inputs = { clean: [run.batchSize, ...run.data.shape], key: { shape: [4], dtype: 'u32' } } as const
  if (isToBeTuned && run.tuneSeconds !== undefined && run.tuneSeconds > 0) {
    const onProgress = (done: number, total: number) => report({ kind: 'tune', done, total })
    await tune(run.device, stepOf(run), inputs, { maxSeconds: run.tuneSeconds, onProgress })
  }
  const onProgress = (done: number, total: number) => report({ kind: 'compile', done, total })
  return run.device.compile(stepOf(run), inputs, { onProgress })
}

/**
 * Trains a model, telling of each step; the run depends on its settings and seed alone, also when it is interrupted and
 * resumed. Images that do not fill a last batch wait for another epoch, which shuffles anew.
 * @throws InputError when the run cannot do a step, or the checkpoint to resume is of another run.
 * @throws NotFiniteError when a loss, a validation result or a trained value is NaN or infinite, naming the step; what the
 *   last checkpoint event gave is still good.
 * @throws DeviceLostError when the device is lost: open it again and resume from the last checkpoint.
 */
export async function* train(run: TrainingRun): AsyncGenerator<TrainingEvent, void> {
  checkRun(run)
  const { device, model, optimiser, data, batchSize } = run
  const batches = Math.floor(data.count / batchSize)
  const steps = batches * run.epochs
  const started = performance.now()
  const secondsGone = () => (performance.now() - started) / 1000
  const settings = settingsOf(run)

  const sameAdapter = device.choices.pin(run.resume?.algorithms ?? {})
  const isToBeTuned = run.resume === undefined || !sameAdapter
  if (run.resume !== undefined) {
    restoreCheckpoint(device, run.resume, { model, optimiser, settings })
    yield { kind: 'resume', checkpoint: run.resume, sameAdapter }
  }
  using program = yield* reporting<TrainingEvent, Awaited<ReturnType<typeof compileStep>>>((report) =>
    compileStep(run, isToBeTuned, report),
  )

  const losses: number[] = [...(run.resume?.losses ?? [])]
  const validations: number[] = [...(run.resume?.validations ?? [])]
  const first = losses.length
  let trainingStarted = performance.now()
  const imagesPerSecond = () =>
    ((losses.length - first) * batchSize * 1000) / Math.max(performance.now() - trainingStarted, 1)
  const inFlight: { readonly started: number; readonly result: Promise<{ loss: Float32Array }> }[] = []
  /** Seconds that the last step took from when nothing was before it; none is known of the first. */
  let stepSeconds = Number.POSITIVE_INFINITY
  let settledAt = 0
  // The first step's state is held at once: a run that ends soon after it has something to keep.
  let stateAt = Number.NEGATIVE_INFINITY

  /** Waits for the oldest step in flight. */
  const settle = async (): Promise<TrainingEvent | undefined> => {
    const oldest = inFlight.shift()
    if (oldest === undefined) return undefined
    const { loss } = await oldest.result
    stepSeconds = (performance.now() - Math.max(oldest.started, settledAt)) / 1000
    settledAt = performance.now()
    const value = loss[0] ?? Number.NaN
    const step = losses.length + 1
    if (!Number.isFinite(value)) {
      throw new NotFiniteError(
        `the loss is ${value} at step ${step}: try a smaller learning rate (a tenth), and check that images are finite and on 0..1; the last checkpoint is from before`,
      )
    }
    losses.push(value)
    const rate = imagesPerSecond()
    const secondsOfTime = (run.maxSeconds ?? Number.POSITIVE_INFINITY) - secondsGone()
    return {
      kind: 'step',
      step,
      steps,
      epoch: Math.floor((step - 1) / batches) + 1,
      batch: ((step - 1) % batches) + 1,
      batches,
      loss: value,
      imagesPerSecond: rate,
      secondsLeft: Math.max(0, Math.min(((steps - step) * batchSize) / rate, secondsOfTime)),
    }
  }
  async function* drain(): AsyncGenerator<TrainingEvent, void> {
    for (let event = await settle(); event !== undefined; event = await settle()) yield event
  }
  /** The state of now; no step may be in flight. */
  const state = () => {
    stateAt = performance.now()
    return takeCheckpoint(device, { model, optimiser, step: losses.length, losses, validations, settings })
  }
  async function* epochEnd(epoch: number): AsyncGenerator<TrainingEvent, void> {
    if (run.holdState && run.validate !== undefined) yield { kind: 'held', checkpoint: await state() }
    const step = losses.length
    const validation = await validate(run, step)
    if (validation !== undefined) validations.push(validation)
    const meanLoss = losses.slice(-batches).reduce((a, b) => a + b, 0) / batches
    yield { kind: 'epoch', epoch, step, meanLoss, validation }
  }
  const reasonToEnd = (): EndReason | undefined => {
    if (run.signal?.aborted) return 'stopped'
    if (run.maxSeconds !== undefined && secondsGone() >= run.maxSeconds) return 'time'
    if (run.patience !== undefined && epochsWithoutGain(validations) >= run.patience) return 'patience'
    return undefined
  }

  if (run.estimateBeyond !== undefined) {
    const seconds = await estimatedSeconds(run, program, steps - first)
    if (seconds > run.estimateBeyond) yield { kind: 'estimate', seconds, steps: steps - first }
  }
  // A state that was held before an epoch's validation: that is done first.
  if (first > 0 && first % batches === 0 && validations.length === first / batches - 1) yield* epochEnd(first / batches)

  trainingStarted = performance.now()
  let order = epochOrder(data.count, run.seed, Math.floor(first / batches))
  let reason: EndReason | undefined
  for (let step = first; step < steps; ) {
    reason = reasonToEnd()
    if (reason !== undefined) break
    const epoch = Math.floor(step / batches)
    const batch = step % batches
    if (batch === 0) order = epochOrder(data.count, run.seed, epoch)
    optimiser.prepare(device, step + 1, run.schedule(step / batches))
    const clean = data.batch(order.subarray(batch * batchSize, (batch + 1) * batchSize), step)
    const result = unheard(program.run({ clean, key: Uint32Array.from(noiseKey(run.seed, step)) }))
    inFlight.push({ started: performance.now(), result })
    step++
    while (inFlight.length >= (stepSeconds < SLOW_STEP ? IN_FLIGHT : 1)) {
      const event = await settle()
      if (event !== undefined) yield event
    }
    const isEpochEnd = step % batches === 0
    if (run.holdState && !isEpochEnd && performance.now() - stateAt >= HOLD_EVERY * 1000) {
      yield* drain()
      yield { kind: 'held', checkpoint: await state() }
    }
    if (isEpochEnd) {
      yield* drain()
      yield* epochEnd(epoch + 1)
    }
    if (run.checkpointEvery !== undefined && step % run.checkpointEvery === 0 && step < steps) {
      yield* drain()
      yield { kind: 'checkpoint', checkpoint: await state() }
    }
  }
  yield* drain()
  yield { kind: 'checkpoint', checkpoint: await state() }
  yield { kind: 'end', reason: reason ?? 'epochs', step: losses.length, imagesPerSecond: imagesPerSecond() }
}

/** A promise that may fail after the loop has ended with an earlier failure, without being an unhandled rejection. */
function unheard<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {})
  return promise
}

/** The validation result after `step`. @throws NotFiniteError when it is NaN or infinite. */
async function validate(run: TrainingRun, step: number): Promise<number | undefined> {
  const result = await run.validate?.()
  if (result !== undefined && !Number.isFinite(result)) {
    throw new NotFiniteError(`validation gave ${result} after step ${step}: expected a finite number, less for better`)
  }
  return result
}
