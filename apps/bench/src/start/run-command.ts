import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { COST_DESCRIPTOR, type Cost } from './cost.ts'

const RUNNER = fileURLToPath(new URL('../../../runner', import.meta.url))
const REPORT_COST = new URL('./report-cost.mjs', import.meta.url).href

/** One run of a command, from the start of its process to its end. */
export interface CommandRun extends Cost {
  /** By the clock. */
  readonly seconds: number
}

/** Makes the command as it is published, one bundle, which `runCommand` then runs. */
export async function buildCommand(): Promise<void> {
  await build({ root: RUNNER, logLevel: 'error' })
}

/** Runs a `noisescope` command. @throws Error with what it wrote when it fails. */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<CommandRun> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', REPORT_COST, join(RUNNER, 'dist', 'main.js'), ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const [written, cost] = [text(child.stdio[2] as Readable), text(child.stdio[COST_DESCRIPTOR] as Readable)]
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('exit', resolve)
  const code = await promise
  const seconds = (performance.now() - started) / 1000
  if (code !== 0) throw new Error(`noisescope ${args.join(' ')} ended with code ${code}: ${await written}`)
  return { seconds, ...(JSON.parse(await cost) as Cost) }
}
