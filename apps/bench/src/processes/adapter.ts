/** The process that says what the adapter is and what it can do at most, started by `measureAdapter`. */
import { measureCeilings } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { answer } from './answer.ts'
import type { MeasuredAdapter } from './measure-adapter.ts'

const MICROSECONDS = 1e6

/** Seconds that the cores have worked for this process. */
function processorClock(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / MICROSECONDS
}

await answer(async (): Promise<MeasuredAdapter> => {
  using device = await openDevice()
  return {
    info: device.info,
    ceilings: {
      perSecond: await measureCeilings(device),
      perCoreSecond: await measureCeilings(device, { clock: processorClock }),
    },
  }
})
