import { type Device, type Program, type Shape, sub, type Tensor } from '@noisescope/core'
import type { Model } from './model.ts'
import type { TrainingRun } from './training-run.ts'

/** Images that one run of the program takes. */
const BATCH = 48

/** A held-out image with its noise. */
export interface HeldOutSample {
  /** [c, h, w], as `clean`. */
  readonly noisy: { readonly data: Float32Array }
  readonly clean: { readonly data: Float32Array }
  /** Standard deviation of its noise on 0..1, for models that are told it. */
  readonly sigma?: number | undefined
}

/** What is measured, and on what. */
export interface HeldOutLossOptions {
  readonly model: Model
  readonly loss: TrainingRun['loss']
  /** At least one, all of one size; as many as fill whole batches of 48 are used, or all of fewer. */
  readonly samples: readonly HeldOutSample[]
  /** [c, h, w] of the samples. */
  readonly shape: Shape
}

type Inputs = { readonly noisy: Shape; readonly clean: Shape; readonly sigma: Shape }

/** The mean loss of held-out images with the weights of the moment. */
export class HeldOutLoss {
  readonly #program: Promise<Program<Inputs, 'loss'>>
  readonly #batches: readonly (readonly HeldOutSample[])[]

  constructor(device: Device, { model, loss, samples, shape }: HeldOutLossOptions) {
    const size = Math.min(BATCH, samples.length)
    const count = Math.floor(samples.length / size)
    this.#batches = Array.from({ length: count }, (_, i) => samples.slice(i * size, (i + 1) * size))
    const images = [size, ...shape]
    this.#program = device.compile(
      ({ noisy, clean, sigma }: { noisy: Tensor; clean: Tensor; sigma: Tensor }) => ({
        loss: loss(model.forward(noisy, { sigma }), { clean, noise: sub(noisy, clean) }),
      }),
      { noisy: images, clean: images, sigma: [size, 1, 1, 1] },
    )
    // A failure is heard when the loss is asked for.
    this.#program.catch(() => {})
  }

  /** @throws DeviceLostError */
  async measure(): Promise<number> {
    const program = await this.#program
    let total = 0
    for (const batch of this.#batches) {
      const { loss } = await program.run({
        noisy: concatenated(batch.map(({ noisy }) => noisy.data)),
        clean: concatenated(batch.map(({ clean }) => clean.data)),
        sigma: Float32Array.from(batch, ({ sigma }) => sigma ?? 0),
      })
      total += loss[0] ?? Number.NaN
    }
    return total / this.#batches.length
  }
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const part of parts) {
    all.set(part, start)
    start += part.length
  }
  return all
}
