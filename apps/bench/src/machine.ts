import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** What the figures depend on besides the adapter. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  /** Processes that wanted a core in the last minute; what others run shows in figures by the clock. */
  readonly load: number
}

const GIGABYTE = 2 ** 30

/** This machine, now. */
export const machine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / GIGABYTE),
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
  load: loadavg()[0] ?? 0,
})

/** The machine in one line. */
export const machineLine = ({ processor, cores, memoryGigabytes, system, node, load }: Machine): string =>
  `Machine: ${processor}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node ${node}, load ${load.toFixed(1)} at the start`
