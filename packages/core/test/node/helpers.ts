import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The front door that a process of its own imports. */
const DOOR = new URL('../../src/node/index.ts', import.meta.url).href

/** What a process under SwiftShader hands down to those that it starts. */
const OURS = ['NOISESCOPE_VULKAN_READY', 'NOISESCOPE_VULKAN', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'LD_LIBRARY_PATH']

export type Outcome = { code: number | string; output: string; errors: string }

/** A new empty folder under the system's temporary one, removed when the scope ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'noisescope-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/**
 * Runs statements as a program of its own that has the names of `@noisescope/core/node`, in this system's own
 * environment (nothing that this test process was started with for SwiftShader) with `variables`.
 */
export async function runProgram(
  statements: string,
  variables: Record<string, string>,
  args: string[] = [],
): Promise<Outcome> {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'program.mts')
  await writeFile(
    file,
    `import { cacheFolder, loadGpu, openDevice, underVulkan, vulkanEnvironment } from '${DOOR}'\n${statements}`,
  )
  const env = { ...process.env, ...variables }
  for (const name of OURS) if (!(name in variables)) delete env[name]
  return await new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, output, errors) => {
      resolve({ code: error ? (error.signal ?? error.code ?? 1) : 0, output, errors })
    })
  })
}

/** A program that runs. */
export interface RunningProgram {
  /** Waits until the pattern stands in its output. @returns what matched. */
  said(pattern: RegExp): Promise<string>
  /** Ends it by SIGKILL and waits until it has ended. */
  kill(): Promise<void>
}

/** Starts statements as a program of its own; `process.argv[2]` is the first of `args`. */
export async function startProgram(statements: string, args: readonly string[] = []): Promise<RunningProgram> {
  const folder = await temporaryFolder()
  const file = join(folder.path, 'program.mts')
  await writeFile(file, statements)
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve())
  })
  void closed.then(() => folder[Symbol.asyncDispose]())
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part))
  return {
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const [found] = pattern.exec(output) ?? []
          if (found !== undefined) resolve(found)
        }
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`the program ended without saying ${pattern}: ${output}`)))
        look()
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** Runs statements until they have said a text, and kills the process at once. */
export async function killProgramAt(text: string, statements: string, args: readonly string[] = []): Promise<void> {
  const program = await startProgram(statements, args)
  await program.said(new RegExp(text))
  await program.kill()
}

/** The number of a process that has ended. */
export async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await new Promise((resolve) => child.on('close', resolve))
  return child.pid ?? 0
}
