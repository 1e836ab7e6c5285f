import { execFile } from 'node:child_process'
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
