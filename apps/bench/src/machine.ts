import { execFileSync } from 'node:child_process'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { installedVersion } from './peers/installed-version.ts'

/** What the figures depend on besides the adapter. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  /** Of the npm package "webgpu", which carries Dawn. */
  readonly dawn: string
  /** The commit of this project, with a + where files have been changed since; unknown outside of a checkout. */
  readonly revision: string
  /** Processes that wanted a core in the last minute; what others run shows in figures by the clock. */
  readonly load: number
}

const GIGABYTE = 2 ** 30

function revision(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
    )
  } catch {
    return 'unknown'
  }
}

/** This machine, now. */
export const machine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / GIGABYTE),
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
  dawn: installedVersion('webgpu', import.meta.resolve('@noisescope/core/node')),
  revision: revision(),
  load: loadavg()[0] ?? 0,
})

/** The machine in one line. */
export const machineLine = ({ processor, cores, memoryGigabytes, system, node, dawn, load }: Machine): string =>
  `Machine: ${processor}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node ${node}, Dawn for Node ${dawn}, ` +
  `load ${load.toFixed(1)} at the start`
