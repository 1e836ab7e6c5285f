import { type Profile, Profiler, profileOf } from '@noisescope/core'
import type { Engine } from './engine.ts'
import { levelFor } from './noise-level.ts'
import type { ShownImage } from './shown-image.ts'

/** Timed passes after a first one: browsers round each time to 0.1 ms, so that short kernels show in the mean of many only. */
const TIMED_PASSES = 20

/** ...and no more than this long (milliseconds), on adapters where a pass takes seconds. */
const PATIENCE = 3000

/**
 * Where the time goes when the model denoises an image.
 * @param sigma that the model is told, on 0..1, where it is not the image's own.
 */
export async function timedPass(engine: Engine, shown: ShownImage, sigma: number | undefined): Promise<Profile> {
  const session = await engine.session(shown.prepared.part, 'times')
  const image = { noisy: shown.noisy, sigma: levelFor(session.model, shown, sigma) }
  const { device } = session
  using profiler = new Profiler(device)
  device.profiler = profiler
  try {
    const started = performance.now()
    for (let i = 0; i <= TIMED_PASSES && performance.now() - started < PATIENCE; i++) await session.denoised(image)
  } finally {
    device.profiler = undefined
  }
  // Other programs of the page may have run in between.
  const [own] = (await profiler.times()).toSorted((a, b) => b.runs - a.runs)
  return profileOf(own === undefined ? [] : [{ ...own, runs: 1 }], profiler)
}
