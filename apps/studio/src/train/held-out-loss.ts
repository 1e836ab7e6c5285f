import { type Device, type Program, type Shape, sub, type Tensor } from '@noisescope/core'
import type { NoisySample } from './sample.ts'
import type { TrainingTask } from './task.ts'

/** Images that one run of the program takes, as `noisescope train` has it. */
const BATCH = 48

type Inputs = { readonly noisy: Shape; readonly clean: Shape; readonly sigma: Shape }

/** The mean loss of a training's held-out images with the weights of the moment. */
export class HeldOutLoss {
  readonly #program: Promise<Program<Inputs, 'loss'>>
  readonly #batches: readonly (readonly NoisySample[])[]

  constructor(device: Device, { model, run, heldOut }: Pick<TrainingTask, 'model' | 'run' | 'heldOut'>) {
    const size = Math.min(BATCH, heldOut.length)
    const count = Math.floor(heldOut.length / size)
    this.#batches = Array.from({ length: count }, (_, i) => heldOut.slice(i * size, (i + 1) * size))
    const images = [size, ...run.data.shape]
    this.#program = device.compile(
      ({ noisy, clean, sigma }: { noisy: Tensor; clean: Tensor; sigma: Tensor }) => ({
        loss: run.loss(model.forward(noisy, { sigma }), { clean, noise: sub(noisy, clean) }),
      }),
      { noisy: images, clean: images, sigma: [size, 1, 1, 1] },
    )
    // A failure is heard when the loss is asked for.
    this.#program.catch(() => {})
  }

  async measure(): Promise<number> {
    const program = await this.#program
    let total = 0
    for (const batch of this.#batches) {
      const { loss } = await program.run({
        noisy: joined(batch.map(({ noisy }) => noisy.data)),
        clean: joined(batch.map(({ clean }) => clean.data)),
        sigma: Float32Array.from(batch, ({ sigma }) => sigma ?? 0),
      })
      total += loss[0] ?? Number.NaN
    }
    return total / this.#batches.length
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const part of parts) {
    all.set(part, start)
    start += part.length
  }
  return all
}
