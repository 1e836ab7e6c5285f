import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NoisescopeError } from '@noisescope/core'
import type { Output } from './output.ts'
import type { ServedFiles } from './serve-locally.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** The built page, as the published package holds it. */
const PUBLISHED = at('../studio')
/** The page's source in a clone, and what else is built into it. */
const SOURCE = at('../../studio')
/** Pictures that the published package leaves to another, since their licence is not its own, by their addresses. */
const SAMPLES: Readonly<Record<string, string>> = {
  '/images/mnist-train.idx.gz': '@noisescope/mnist-sample/data/train-images-idx3-ubyte.gz',
  '/images/mnist-test.idx.gz': '@noisescope/mnist-sample/data/t10k-images-idx3-ubyte.gz',
  '/images/mnist-LICENSE.txt': '@noisescope/mnist-sample/LICENSE',
}
const PARTS = ['index.html', 'vite.config.ts', 'src', 'examples', '../runner/weights', '../../packages']

/**
 * The files of the studio, by their addresses. In a clone it is built first where that was not done since its source changed.
 * @throws NoisescopeError when it is not there and cannot be built.
 */
export async function studioFiles(output: Output): Promise<ServedFiles> {
  const folder = (await isSource()) ? await built(output) : PUBLISHED
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new NoisescopeError(`the studio is missing from ${folder}; install noisescope again`, { cause })
  })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const addressOf = (path: string): string => `/${relative(folder, path).split(sep).map(encodeURIComponent).join('/')}`
  const { resolve } = createRequire(import.meta.url)
  const samples = Object.entries(SAMPLES).map(([address, file]) => [address, resolve(file)] as const)
  return new Map([...samples, ...files.map((path) => [addressOf(path), path] as const)])
}

async function isSource(): Promise<boolean> {
  const text = await readFile(join(SOURCE, 'package.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(text) as { name?: string }).name === '@noisescope/studio'
}

async function built(output: Output): Promise<string> {
  const folder = join(SOURCE, 'dist')
  const { mtimeMs: done } = await stat(join(folder, 'index.html')).catch(() => ({ mtimeMs: 0 }))
  if (done > (await newest(PARTS.map((part) => join(SOURCE, part))))) return folder
  output.note('Building the studio.')
  try {
    const vite = createRequire(join(SOURCE, 'package.json')).resolve('vite/package.json')
    const env = { ...process.env, NODE_ENV: 'production' }
    await promisify(execFile)(process.execPath, [join(dirname(vite), 'bin', 'vite.js'), 'build'], { cwd: SOURCE, env })
  } catch (cause) {
    const reason = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause)
    throw new NoisescopeError(`the studio in ${SOURCE} cannot be built: ${reason}; pnpm install it first`, { cause })
  }
  return folder
}

/** When any of these files, or of the files in these folders, was changed last. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path)
      if (!found.isDirectory()) return found.mtimeMs
      const inside = (await readdir(path)).filter((name) => !['node_modules', 'dist', 'test'].includes(name))
      return newest(inside.map((name) => join(path, name)))
    }),
  )
  return Math.max(0, ...times)
}
