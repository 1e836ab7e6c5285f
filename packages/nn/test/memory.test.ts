import { describe, expect, it } from 'vitest'
import { train } from '../src/index.ts'
import { testDevice } from './helpers/device.ts'
import { smallRun } from './helpers/small-run.ts'

const WARM_UP_STEPS = 300
const STEPS = 1300
/** Far below what 1,000 steps would leak if each kept one of its buffers (a page each with the driver's bookkeeping). */
const BOUND_BYTES = 32 * 2 ** 20

describe('memory', () => {
  it('stays flat over a thousand steps: bytes on the device equal, the process within 32 MiB', async () => {
    const device = await testDevice()
    let warm: { device: number; process: number } | undefined
    for await (const event of train(smallRun(device, { epochs: STEPS / 5 }))) {
      if (event.kind !== 'step') continue
      if (event.step === WARM_UP_STEPS) warm = { device: device.bytes, process: process.memoryUsage().rss }
      if (event.step === STEPS) {
        expect(device.bytes).toBe(warm?.device)
        expect(process.memoryUsage().rss - (warm?.process ?? 0)).toBeLessThan(BOUND_BYTES)
      }
    }
    expect(warm).toBeDefined()
  })
})
