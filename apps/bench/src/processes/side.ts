/** The process of one side in one round, started by `runSide`. */
import { measure } from '../measure.ts'
import { workloads } from '../workloads.ts'
import { answer } from './answer.ts'
import type { SideRequest, SideResult } from './run-side.ts'

await answer(async (request: SideRequest): Promise<SideResult> => {
  const workload = workloads.find(({ name }) => name === request.workload)
  const variant = workload?.variants.find(({ name }) => name === request.variant)
  if (workload === undefined || variant === undefined)
    throw new Error(`there is no workload ${request.workload} of ${request.variant}`)
  const running = await workload.start(request.side, variant)
  const { library, place, adapter } = running
  const round = await measure(running, request.length)
  running.close()
  return { library, place, round, ...(adapter !== undefined && { adapter }) }
})
