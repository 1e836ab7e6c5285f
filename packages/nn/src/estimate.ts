import type { InputSpec, Program } from '@noisescope/core'
import type { TrainingRun } from './training-run.ts'

/** Operations a second of the slowest adapter to be expected: a software one that shares its processor. */
const SLOWEST = 2e9

/**
 * Seconds that steps of a run will take on its device: their operations, at the speed that a forward pass of its model has there.
 * Nothing is measured, and the result is what the slowest adapter would need, where that is no more than `estimateBeyond`.
 */
export async function estimatedSeconds(
  { device, model, data, batchSize, estimateBeyond = 0 }: TrainingRun,
  step: Pick<Program, 'kernels'>,
  steps: number,
): Promise<number> {
  const total = steps * operationsOf(step)
  if (total / SLOWEST <= estimateBeyond) return total / SLOWEST
  // A graphics card is only busy with a whole batch; a processor is with one image, and a batch may take it a minute.
  const images = device.info.traits.kind === 'hardware' ? batchSize : 1
  const inputs: InputSpec = { clean: [images, ...data.shape] }
  using forward = await device.compile(
    ({ clean }) => (clean === undefined ? {} : { output: model.forward(clean, { sigma: 0 }) }),
    inputs,
  )
  const clean = new Float32Array(images * data.shape.reduce((product, length) => product * length, 1)).fill(0.5)
  const once = async (): Promise<number> => {
    const started = performance.now()
    await forward.run({ clean }, { read: [] })
    await device.idle()
    return (performance.now() - started) / 1000
  }
  // Drivers finish kernels when they first run.
  await once()
  return total * (Math.min(await once(), await once()) / operationsOf(forward))
}

const operationsOf = ({ kernels }: Pick<Program, 'kernels'>): number =>
  kernels.reduce((sum, { operations }) => sum + operations, 0)
