/** The process of one side in one round: started by `runSide`, it measures, tells the result, and ends. */
import { underVulkan } from '@noisescope/core/node'
import { measure } from './measure.ts'
import type { SideRequest, SideResult } from './run-side.ts'
import { workloads } from './workloads.ts'

/** The bench has ended before its side. */
const LEFT_ALONE = 1

process.once('disconnect', () => process.exit(LEFT_ALONE))
await underVulkan()
const request = JSON.parse(process.argv[2] ?? '') as SideRequest
const workload = workloads.find(({ name }) => name === request.workload)
if (workload === undefined) throw new Error(`there is no workload ${request.workload}`)
const running = await workload.start(request.contender, request.settings)
const { library, adapter } = running
const result: SideResult = { library, adapter, round: await measure(running, request.length) }
running.close()
process.send?.(result, () => process.exit())
