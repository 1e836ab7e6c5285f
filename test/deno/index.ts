import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'flatted'
import type { PoolRunnerInitializer, PoolWorker, WorkerRequest } from 'vitest/node'

/** The program that the npm package `deno` starts. */
const DENO = createRequire(import.meta.url).resolve('deno/deno')

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Everything that tests do is allowed; modules are those that pnpm installed. */
const ARGUMENTS = [
  'run',
  '--allow-all',
  '--unstable-webgpu',
  '--no-check',
  '--no-config',
  '--no-lock',
  '--node-modules-dir=manual',
]

/** Runs test files in Deno, a process for each, whose WebGPU is wgpu. Messages are text, since Node and Deno write values in different versions. */
class DenoWorker implements PoolWorker {
  readonly name = 'deno'
  readonly #env: Partial<NodeJS.ProcessEnv>
  #process: ChildProcess | undefined

  constructor(env: Partial<NodeJS.ProcessEnv>) {
    this.#env = env
  }

  async start(): Promise<void> {
    this.#process ??= fork(WORKER, [], {
      execPath: DENO,
      execArgv: ARGUMENTS,
      env: this.#env,
      serialization: 'json',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    this.#process = undefined
  }

  on(event: string, callback: (...values: unknown[]) => void): void {
    this.#child.on(event, callback)
  }

  off(event: string, callback: (...values: unknown[]) => void): void {
    this.#child.off(event, callback)
  }

  send(message: WorkerRequest): void {
    this.#child.send(stringify(message))
  }

  deserialize(message: unknown): unknown {
    return typeof message === 'string' ? parse(message) : message
  }

  get #child(): ChildProcess {
    if (this.#process === undefined) throw new Error('Deno was not started')
    return this.#process
  }
}

/** A pool of vitest that runs test files in Deno. */
export const denoPool: PoolRunnerInitializer = {
  name: 'deno',
  createPoolWorker: ({ env }) => new DenoWorker(env),
}
