import type { Device } from '../runtime/device.ts'

/** Timed rounds: the fastest counts, since other work can only slow one down. */
const ROUNDS = 3

/** Milliseconds of a round, as far as runs are short: long against what waiting for the adapter takes. */
const ROUND_MILLISECONDS = 20

const MOST_RUNS = 100

/** Milliseconds of a run: so many are queued behind each other in a round that waiting for them hardly counts. */
export async function fastestRun(device: Device, run: () => Promise<unknown>): Promise<number> {
  const round = async (runs: number): Promise<number> => {
    const started = performance.now()
    await Promise.all(Array.from({ length: runs }, run))
    await device.idle()
    return (performance.now() - started) / runs
  }
  let best = await round(1)
  const runs = Math.max(1, Math.min(MOST_RUNS, Math.ceil(ROUND_MILLISECONDS / Math.max(best, 0.001))))
  for (let i = runs > 1 ? 0 : 1; i < ROUNDS; i++) best = Math.min(best, await round(runs))
  return best
}
