/** Preloaded into the command that is timed: when it ends, it writes its processor time and peak memory to the bench. */
import { writeSync } from 'node:fs'
import { COST_DESCRIPTOR, type Cost } from './cost.ts'

const MICROSECONDS = 1e6
const KIBIBYTE = 1024

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const cost: Cost = { coreSeconds: (userCPUTime + systemCPUTime) / MICROSECONDS, peakBytes: maxRSS * KIBIBYTE }
  writeSync(COST_DESCRIPTOR, JSON.stringify(cost))
})
