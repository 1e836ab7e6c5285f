import { fork } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Round, RoundLength } from './measure.ts'
import type { Settings } from './workload.ts'

const SIDE = fileURLToPath(new URL('./side.ts', import.meta.url))

/** What a side is asked. */
export interface SideRequest {
  readonly workload: string
  readonly contender: string
  readonly settings: Settings
  readonly length: RoundLength
}

/** What a side tells. */
export interface SideResult {
  readonly library: string
  readonly adapter: string
  readonly round: Round
}

/** Runs one round of one side in a process of its own. @throws Error with what it wrote when it fails. */
export async function runSide(request: SideRequest): Promise<SideResult> {
  const child = fork(SIDE, [JSON.stringify(request)], { silent: true })
  child.stdout?.resume()
  const written = child.stderr === null ? '' : text(child.stderr)
  let result: SideResult | undefined
  child.once('message', (message) => {
    result = message as SideResult
  })
  const { promise, resolve, reject } = Promise.withResolvers<SideResult>()
  child.once('error', reject)
  child.once('exit', async (code, signal) => {
    if (result !== undefined) resolve(result)
    else reject(new Error(`${request.contender} ended early (${signal ?? `code ${code}`}):\n${await written}`))
  })
  return promise
}
