import { browserTable, type Device, openDevice, type Profile } from '@noisescope/core'
import { ExplainSession, sessionTrace, traceFrame } from '@noisescope/explain'
import type { Trace } from '@noisescope/explain/trace'
import { encodeWeights, noiseText } from '@noisescope/models'
import {
  type Checkpoint,
  type EndReason,
  HeldOutLoss,
  type Model,
  type TrainingEvent,
  train,
  variablesOf,
} from '@noisescope/nn'
import { PROGRAM } from '../program.ts'
import { Album } from './album.ts'
import { StepTimes } from './step-times.ts'
import type { TrainingTask } from './task.ts'

/** States of the network that are kept to look at: each takes a megabyte or two. */
const MOST_STATES = 12
/** For trying algorithms on hardware, where they compile in no time; the winners are remembered. */
const TUNE_SECONDS = 10
/** The page gets a turn after this long at the latest (milliseconds): a frame of sixty a second. */
const LONGEST_TURN = 16

/** How far a training has come. */
export interface Advance {
  readonly step: number
  readonly steps: number
  readonly epoch: number
  readonly epochs: number
  readonly loss: number
  readonly imagesPerSecond: number
  readonly secondsLeft: number
}

/** Who hears of a training. */
export interface TrainingListener {
  /** Algorithms of so many operations are timed. */
  tuned(done: number, total: number): void
  compiled(done: number, total: number): void
  advanced(advance: Advance): void
  /** An epoch is done. */
  epoch(number: number, meanLoss: number, heldOut: number | undefined): void
  /** The network was looked at again. */
  looked(trace: Trace): void
}

/**
 * A training in the page. It runs in turns: `run` until it is stopped or done, again from where it was. The losses depend on the
 * task alone, not on when it was stopped or looked at, and are those of `noisescope train`.
 */
export class Trainer implements Disposable {
  readonly task: TrainingTask
  readonly #lookEvery: number
  readonly #album = new Album(MOST_STATES)
  #opened: { readonly device: Device; readonly session: ExplainSession; readonly heldOut: HeldOutLoss } | undefined
  #checkpoint: Checkpoint | undefined
  /** Step after which the network was looked at last. */
  #lookedAt: number | undefined
  #losses: number[] = []
  #heldOut: number[] = []
  #endedBy: EndReason = 'stopped'
  #times: StepTimes | undefined

  /** @param lookEvery steps after which the network is looked at. */
  constructor(task: TrainingTask, lookEvery: number) {
    this.task = task
    this.#lookEvery = lookEvery
  }

  /** Loss of each step that was done. */
  get losses(): readonly number[] {
    return this.#losses
  }

  get stepsPerEpoch(): number {
    const { data, batchSize } = this.task.run
    return Math.floor(data.count / batchSize)
  }

  /** Held-out loss after each epoch. */
  get heldOut(): readonly number[] {
    return this.#heldOut
  }

  /**
   * Trains until the last epoch or until the signal is given; then, and every so many steps, all that is needed to go on is kept,
   * also for when the device is lost.
   * @throws as `train`, and AdapterError when there is no device.
   */
  async run(listener: TrainingListener, signal: AbortSignal): Promise<EndReason> {
    try {
      return await this.#train(listener, signal)
    } finally {
      this.#times?.end()
      this.#times = undefined
    }
  }

  /**
   * Where the time of a step goes, of the next steps that are trained: to be asked for while `run` is under way.
   * Rejects with an `AbortError` when the training stops before.
   */
  async profile(): Promise<Profile> {
    const { device } = await this.#open()
    this.#times ??= new StepTimes(device)
    return this.#times.profile
  }

  async #train(listener: TrainingListener, signal: AbortSignal): Promise<EndReason> {
    const { device, heldOut } = await this.#open()
    await this.#look(this.#checkpoint?.step ?? 0, listener)
    // After a failure, what came behind the last checkpoint is done again.
    this.#losses = [...(this.#checkpoint?.losses ?? [])]
    this.#heldOut = [...(this.#checkpoint?.validations ?? [])]
    const events = train({
      ...this.task.run,
      model: this.task.model,
      device,
      signal,
      checkpointEvery: this.#lookEvery,
      tuneSeconds: device.info.traits.kind === 'hardware' ? TUNE_SECONDS : 0,
      validate: () => heldOut.measure(),
      ...(this.#checkpoint === undefined ? {} : { resume: this.#checkpoint }),
    })
    let turn = performance.now()
    for await (const event of events) {
      await this.#follow(event, listener)
      if (performance.now() - turn < LONGEST_TURN) continue
      await nextTurn()
      turn = performance.now()
    }
    return this.#endedBy
  }

  async #follow(event: TrainingEvent, listener: TrainingListener): Promise<void> {
    switch (event.kind) {
      case 'tune':
        listener.tuned(event.done, event.total)
        break
      case 'compile':
        listener.compiled(event.done, event.total)
        break
      case 'step': {
        this.#losses.push(event.loss)
        if (this.#times?.step()) this.#times = undefined
        const { step, steps, epoch, loss, imagesPerSecond, secondsLeft } = event
        const { epochs } = this.task.run
        listener.advanced({ step, steps, epoch, epochs, loss, imagesPerSecond, secondsLeft })
        break
      }
      case 'epoch':
        if (event.validation !== undefined) this.#heldOut.push(event.validation)
        listener.epoch(event.epoch, event.meanLoss, event.validation)
        break
      case 'checkpoint':
        this.#checkpoint = event.checkpoint
        await this.#look(event.checkpoint.step, listener)
        break
      case 'end':
        this.#endedBy = event.reason
    }
  }

  /** The trained weights as a file that `noisescope` takes. */
  async weights(): Promise<Uint8Array> {
    const { device } = await this.#open()
    const { kind, model, dataset, settings } = this.task
    const { noise, seed, epochs, batchSize, learningRate, count } = settings
    const record = { model: kind.name, options: {}, noise, dataset }
    const notes = {
      seed,
      epochs,
      batchSize,
      learningRate,
      count,
      steps: this.#checkpoint?.step ?? 0,
      endedBy: this.#endedBy,
    }
    const texts = Object.entries(notes).map(([name, value]) => [name, String(value)])
    return encodeWeights(device, model, record, { ...Object.fromEntries(texts), trainedBy: PROGRAM })
  }

  /** Every loss, in the form of `noisescope train`'s history.json. */
  history(): object {
    const { stepsPerEpoch } = this
    const entry = (step: number, loss: number) => ({ step, epoch: Math.ceil(step / stepsPerEpoch), loss })
    return {
      loss: this.task.lossName,
      stepsPerEpoch,
      steps: this.#losses.map((loss, i) => entry(i + 1, loss)),
      validation: this.#heldOut.map((loss, i) => entry((i + 1) * stepsPerEpoch, loss)),
    }
  }

  /** Keeps what the network makes of the watched image after a step. */
  async #look(step: number, listener: TrainingListener): Promise<void> {
    if (step === this.#lookedAt) return
    const { session } = await this.#open()
    const { kind, watched, settings } = this.task
    const subject = { noisy: watched.noisy.data, clean: watched.clean.data, sigma: watched.sigma }
    const frame = await traceFrame(session, subject, {
      label: `step ${step}`,
      step,
      layers: watchedLayers(session.model),
    })
    this.#album.add(frame)
    this.#lookedAt = step
    const [first, ...others] = this.#album.frames
    if (first === undefined) return
    const { losses, heldOut, stepsPerEpoch } = this
    const validation = {
      steps: heldOut.map((_, i) => (i + 1) * stepsPerEpoch),
      values: [...heldOut],
    }
    const training = { steps: losses.map((_, i) => i + 1), loss: [...losses], validation }
    const trace = sessionTrace(session, {
      createdBy: PROGRAM,
      source: {
        name: watched.name,
        noise: { settings: { ...watched.noise }, text: noiseText(watched.noise) },
        seed: settings.seed,
        ...(watched.sigma === undefined ? {} : { sigma: watched.sigma }),
      },
      model: { name: kind.name, options: {} },
      subject,
      frames: [first, ...others],
      ...(losses.length === 0 ? {} : { training }),
    })
    listener.looked(trace)
  }

  /** The device, opened again where it was lost, with the weights of the last checkpoint. */
  async #open() {
    if (this.#opened?.device.isUsable) return this.#opened
    this.#opened?.device[Symbol.dispose]()
    this.#opened = undefined
    const device = await openDevice({ tuning: await browserTable() })
    const { model, watched, run, heldOut } = this.task
    const session = new ExplainSession(device, model, watched.clean)
    for (const variable of variablesOf(model)) {
      const kept = this.#checkpoint?.tensors.get(variable.name)
      if (kept !== undefined) device.write(variable, kept.data)
    }
    const { loss, data } = run
    this.#opened = {
      device,
      session,
      heldOut: new HeldOutLoss(device, { model, loss, samples: heldOut, shape: data.shape }),
    }
    return this.#opened
  }

  [Symbol.dispose](): void {
    this.#opened?.device[Symbol.dispose]()
    this.#opened = undefined
  }
}

/** Layers whose activations are watched: activations where they are layers of their own, and the end; else all. */
function watchedLayers({ layers }: Model): string[] {
  const activations = layers.filter(({ kind }, i) => kind === 'Activation' || i === layers.length - 1)
  return (activations.length > 1 ? activations : layers).map(({ name }) => name)
}

/** Lets the page draw and hear its user. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
