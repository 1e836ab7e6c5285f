import { type Device, type Program, type Shape, sub, type Tensor } from '@noisescope/core'
import type { Model, TrainingRun } from '@noisescope/nn'
import type { Sample } from './evaluation.ts'
import type { Session } from './session.ts'

/** Images that one run of the program takes, and how many are looked at after each epoch: enough for a curve, soon done. */
const BATCH = 48
const IMAGES = 5 * BATCH

/** What validation measures. */
export interface ValidationOptions {
  readonly session: Pick<Session, 'device'>
  readonly model: Model
  readonly loss: TrainingRun['loss']
  /** Held-out images of one size, with the same noise after every epoch. */
  readonly samples: readonly Sample[]
}

/** A function that gives the mean loss over up to 240 held-out images with the weights of that moment. */
export function validator({ session, model, loss, samples }: ValidationOptions): () => Promise<number> {
  const used = samples.slice(0, Math.min(IMAGES, samples.length))
  const size = Math.min(BATCH, used.length)
  const batches = Array.from({ length: Math.floor(used.length / size) }, (_, i) => used.slice(i * size, (i + 1) * size))
  let compiled: { readonly device: Device; readonly program: Promise<LossProgram> } | undefined
  return async () => {
    const { device } = session
    if (compiled?.device !== device)
      compiled = { device, program: compileLoss(device, model, loss, shapeOf(used, size)) }
    const program = await compiled.program
    let total = 0
    for (const batch of batches) {
      const { loss = new Float32Array() } = await program.run({
        noisy: concatenated(batch.map(({ noisy }) => noisy.data)),
        clean: concatenated(batch.map(({ clean }) => clean.data)),
        sigma: Float32Array.from(batch, ({ sigma }) => sigma ?? 0),
      })
      total += loss[0] ?? Number.NaN
    }
    return total / batches.length
  }
}

type LossProgram = Program<{ noisy: Shape; clean: Shape; sigma: Shape }, 'loss'>

const compileLoss = (device: Device, model: Model, loss: TrainingRun['loss'], shape: Shape): Promise<LossProgram> =>
  device.compile(
    ({ noisy, clean, sigma }: { noisy: Tensor; clean: Tensor; sigma: Tensor }) => ({
      loss: loss(model.forward(noisy, { sigma }), { clean, noise: sub(noisy, clean) }),
    }),
    { noisy: shape, clean: shape, sigma: [shape[0] ?? 1, 1, 1, 1] },
  )

const shapeOf = ([first]: readonly Sample[], count: number): Shape =>
  first === undefined ? [0] : [count, first.clean.channels, first.clean.height, first.clean.width]

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const part of parts) {
    all.set(part, start)
    start += part.length
  }
  return all
}
