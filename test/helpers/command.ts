import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const MAIN = fileURLToPath(new URL('../../apps/runner/src/main.ts', import.meta.url))

/** Runs `noisescope` in a folder. @returns what it printed. @throws Error when it fails. */
export const noisescope = async (folder: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: folder })).stdout
