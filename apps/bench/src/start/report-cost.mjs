/**
 * Preloaded into the command that is timed: when it ends, it writes its processor time and peak memory (`Cost`) to the bench,
 * by the descriptor of cost.ts. In plain JavaScript, since Node takes 40 ms to read its first TypeScript.
 */
import { writeSync } from 'node:fs'

const COST_DESCRIPTOR = 3
const MICROSECONDS = 1e6
const KIBIBYTE = 1024

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const cost = { coreSeconds: (userCPUTime + systemCPUTime) / MICROSECONDS, peakBytes: maxRSS * KIBIBYTE }
  writeSync(COST_DESCRIPTOR, JSON.stringify(cost))
})
