import type { Checkpoint } from '@noisescope/nn'
import type { RunFolder } from './run-folder.ts'

/** Keeps a run's checkpoints in its folder, and holds the state after its last step, to be kept if the run ends there. */
export class CheckpointKeeper {
  readonly #folder: Pick<RunFolder, 'checkpoint' | 'keep'>
  #kept: number | undefined
  #held: Checkpoint | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: Pick<RunFolder, 'checkpoint' | 'keep'>) {
    this.#folder = folder
    this.#kept = folder.checkpoint?.step
  }

  /** Writes a checkpoint. @throws what the folder throws. */
  async keep(checkpoint: Checkpoint): Promise<void> {
    this.#writing = this.#folder.keep(checkpoint).then(() => {
      this.#kept = checkpoint.step
    })
    await this.#writing
  }

  /** Remembers a state. */
  readonly hold = (checkpoint: Checkpoint): void => {
    this.#held = checkpoint
  }

  /** Writes the state that is held, unless a checkpoint of that step is there. @returns the step, undefined when there is none. */
  async end(): Promise<number | undefined> {
    await this.#writing.catch(() => {})
    if (this.#held !== undefined && this.#held.step > (this.#kept ?? 0)) await this.keep(this.#held)
    return this.#kept
  }
}
