import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyFrom, random } from '@noisescope/core'
import { createImage, encodePng } from '@noisescope/images'
import { type Summary, summarise } from '../statistics.ts'
import { buildCommand, type CommandRun, runCommand } from './run-command.ts'

/** How long `noisescope denoise`, as it is published, takes from the start of its process to the written image. */
export interface StartFigures {
  /** Height and width of the image in pixels. */
  readonly side: number
  /** With the driver's cache of compiled kernels and our own cache empty. */
  readonly cold: StartTimes
  /** With both as the cold start has left them. */
  readonly warm: StartTimes
  /** One more image of that size in the same process. */
  readonly steady: StartTimes
  /** What a warm start takes without any image: Node, and reading the command (`noisescope --help`). */
  readonly help: StartTimes
  /** A warm start with an image of 16x16: that, the device, the weights, and kernels from the driver's cache. */
  readonly tiny: StartTimes
  /** Of a process with one image. */
  readonly peakBytes: number
}

export interface StartTimes {
  /** By the clock. */
  readonly seconds: Summary
  readonly coreSeconds: Summary
}

const TINY = 16

/** Images beyond the first, of which the steady time is the mean. */
const MORE = 8

/** The environment as it was before the bench chose an adapter: each start has to choose for itself. */
const environment = { ...process.env }

/** Starts the command cold, warm, and with more images, so many rounds. @throws Error when it fails. */
export async function measureStart(rounds: number, side: number): Promise<StartFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'noisescope-start-'))
  try {
    await buildCommand()
    const images = await writeImages(folder, side, MORE + 1)
    const [tinyImage = ''] = await writeImages(folder, TINY, 1)
    const runs: Record<'cold' | 'warm' | 'more' | 'help' | 'tiny', CommandRun>[] = []
    for (let round = 0; round < rounds; round++) {
      const caches = join(folder, `caches-${round}`)
      await mkdir(caches)
      const denoise = (files: readonly string[]) =>
        runCommand(['denoise', ...files, '--output', join(folder, 'denoised')], withCachesIn(caches))
      const first = images.slice(0, 1)
      const [cold, warm, more] = [await denoise(first), await denoise(first), await denoise(images)]
      await denoise([tinyImage])
      const help = await runCommand(['--help'], withCachesIn(caches))
      runs.push({ cold, warm, more, help, tiny: await denoise([tinyImage]) })
    }
    const times = (of: (run: (typeof runs)[number]) => Omit<CommandRun, 'peakBytes'>): StartTimes => ({
      seconds: summarise(runs.map((run) => of(run).seconds)),
      coreSeconds: summarise(runs.map((run) => of(run).coreSeconds)),
    })
    return {
      side,
      cold: times(({ cold }) => cold),
      warm: times(({ warm }) => warm),
      steady: times(({ warm, more }) => ({
        seconds: (more.seconds - warm.seconds) / MORE,
        coreSeconds: (more.coreSeconds - warm.coreSeconds) / MORE,
      })),
      help: times(({ help }) => help),
      tiny: times(({ tiny }) => tiny),
      peakBytes: Math.max(...runs.map(({ warm }) => warm.peakBytes)),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Where Mesa, NVIDIA's driver and we ourselves keep what a start can use again. */
const withCachesIn = (folder: string): NodeJS.ProcessEnv => ({
  ...environment,
  XDG_CACHE_HOME: join(folder, 'own'),
  MESA_SHADER_CACHE_DIR: folder,
  __GL_SHADER_DISK_CACHE_PATH: folder,
})

/** Grey images of random pixels. @returns their paths. */
async function writeImages(folder: string, side: number, count: number): Promise<string[]> {
  const pixels = random('uniform', keyFrom(1), side ** 2)
  const png = encodePng(createImage(side, side, 1, pixels))
  const paths = Array.from({ length: count }, (_, i) => join(folder, `image-${side}-${i}.png`))
  for (const path of paths) await writeFile(path, png)
  return paths
}
