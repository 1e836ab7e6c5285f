import { meanSquaredErrorLoss, NotFiniteError } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import {
  adam,
  type Checkpoint,
  constantSchedule,
  conv2dLayer,
  type Model,
  parametersOf,
  sequence,
} from '@noisescope/nn'
import { expect, test } from 'vitest'
import type { Output } from '../src/output.ts'
import { openSession } from '../src/session.ts'
import { trainToEnd } from '../src/training.ts'

/** Says nothing but remembers its notes. */
function quietOutput(): Output & { readonly notes: string[] } {
  const notes: string[] = []
  return { notes, line: () => {}, note: (text) => void notes.push(text), result: () => {} }
}

/** A network of one convolution on images of 4x4. */
function oneConvolution(): Model {
  const layers = [conv2dLayer({ name: 'conv', inputs: 1, outputs: 1, seed: 1, stream: 0 })]
  return {
    name: 'one',
    layers,
    channels: 1,
    output: 'clean',
    multiple: 1,
    forward: (noisy, options = {}) => sequence(layers, noisy, options),
  }
}

function tinyRun(values: (indices: ArrayLike<number>) => Float32Array) {
  const model = oneConvolution()
  return {
    model,
    optimiser: adam(parametersOf(model)),
    data: { count: 8, shape: [1, 4, 4], batch: values },
    corrupt: (clean) => ({ noisy: clean, noise: clean }),
    loss: (output, { clean }) => meanSquaredErrorLoss(output, clean),
    batchSize: 2,
    epochs: 3,
    schedule: constantSchedule(0.01),
    seed: 5,
    checkpointEvery: 2,
  } satisfies Parameters<typeof trainToEnd>[0]
}

const waves = (indices: ArrayLike<number>): Float32Array =>
  Float32Array.from({ length: indices.length * 16 }, (_, i) =>
    Math.sin(i + 7 * (indices[Math.floor(i / 16)] as number)),
  )

async function trainWith(batch: typeof waves, onCheckpoint: (checkpoint: Checkpoint, gpu: GPUDevice) => void) {
  const output = quietOutput()
  using session = await openSession(output, openDevice)
  const folder = {
    checkpoint: undefined,
    checkpointPath: 'checkpoint.safetensors',
    keep: async (checkpoint: Checkpoint) => onCheckpoint(checkpoint, session.device.gpuDevice),
  }
  const trained = await trainToEnd(tinyRun(batch), { session, folder, output })
  return { losses: trained.checkpoint.losses, notes: output.notes }
}

test('a lost device is opened again and the run goes on from its last checkpoint to the same losses', async () => {
  const undisturbed = await trainWith(waves, () => {})
  let lost = false
  const disturbed = await trainWith(waves, ({ step }, gpu) => {
    if (step !== 4 || lost) return
    lost = true
    gpu.destroy()
  })
  expect(disturbed.notes.some((note) => note.includes('going on from step 4'))).toBe(true)
  expect(disturbed.losses).toEqual(undisturbed.losses)
  expect(disturbed.losses).toHaveLength(12)
})

test('a run whose devices are lost again and again gives up with what is wrong', async () => {
  await expect(trainWith(waves, (_, gpu) => gpu.destroy())).rejects.toThrow('device was lost')
})

test('a loss that is not finite ends the run naming the step and the checkpoint that is still good', async () => {
  const kept: number[] = []
  let batches = 0
  const spoiled = (indices: ArrayLike<number>) => (++batches > 3 ? waves(indices).fill(Number.NaN) : waves(indices))
  const ended = trainWith(spoiled, ({ step }) => void kept.push(step))
  await expect(ended).rejects.toThrow(NotFiniteError)
  await expect(ended).rejects.toThrow(/step 4.*learning rate.*checkpoint\.safetensors, step 2/)
  expect(kept).toEqual([2])
})
