import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { autoencoder } from '@noisescope/autoencoder'
import { createImage, encodePng } from '@noisescope/images'
import { variablesOf, writeSafetensors } from '@noisescope/nn'

/** The command's entry. */
export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** What a command said and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>
  /** Sends SIGINT, as Ctrl-C does, as soon as the text stands on stderr. */
  interruptAt(text: string): void
  /** Closes the pipe that its results are read from, as `head` does. */
  stopReading(): void
  /** Sends a signal that the command cannot answer: SIGSTOP holds it, SIGKILL ends it. */
  signal(name: 'SIGSTOP' | 'SIGKILL'): void
}

/** Starts `noisescope` as a user does, in the folder. */
export function start(folder: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  let awaited: string | undefined
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part
      if (awaited === undefined || !text.stderr.includes(awaited)) return
      awaited = undefined
      child.kill('SIGINT')
    })
  }
  return {
    ended: new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve({ code, ...text }))
    }),
    interruptAt: (marker) => {
      awaited = marker
    },
    stopReading: () => void child.stdout.destroy(),
    signal: (name) => void child.kill(name),
  }
}

/** Runs `noisescope` to its end. */
export const run = (folder: string, ...args: string[]): Promise<Ended> => start(folder, ...args).ended

/** A new folder that is removed when disposed. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'noisescope-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

/** Writes untrained autoencoder weights, which is enough for commands that only use some. */
export async function writeUntrainedWeights(
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tensors = variablesOf(autoencoder({ seed: 3 })).map(
    ({ name, shape, initial }) => [name, { shape, data: Float32Array.from(initial) }] as const,
  )
  await writeFile(
    path,
    writeSafetensors(new Map(tensors), { model: 'autoencoder', options: '{"end":"sigmoid"}', ...metadata }),
  )
}

/** Writes a PNG with a gradient from black to white. */
export async function writePicture(path: string, width: number, height: number, channels: 1 | 3 = 1): Promise<void> {
  const values = Float32Array.from(
    { length: width * height * channels },
    (_, i) => ((i % width) + Math.floor(i / width)) / (width + height * channels),
  )
  await writeFile(path, encodePng(createImage(width, height, channels, values)))
}
