/**
 * Measures what decoding image files costs, each in a process of its own: the processor's time (the least of five, after a first
 * that compiles) and the memory at its peak beyond what the process takes without. JPEGs are also read by jpeg-js, which served here
 * before.
 *
 *   node packages/images/scripts/measure-decoding.ts FILE...
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeImage } from '../src/index.ts'

const RUNS = 6
const ADDRESS_SPACE = 1e9

type Decoder = 'ours' | 'jpeg-js'
type Measure = 'time' | 'memory'

interface Found {
  readonly width: number
  readonly height: number
  /** Seconds of the processor, or bytes. */
  readonly cost: number
}

async function decoderNamed(name: Decoder): Promise<(bytes: Uint8Array) => { width: number; height: number }> {
  if (name === 'ours') return (bytes) => decodeImage(bytes)
  const { default: jpeg } = await import('jpeg-js')
  return (bytes) =>
    jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: ADDRESS_SPACE,
      maxMemoryUsageInMB: ADDRESS_SPACE,
    })
}

/** In the process that measures. */
async function measure(decoder: Decoder, what: Measure, path: string): Promise<Found> {
  const decode = await decoderNamed(decoder)
  const bytes = readFileSync(path)
  const before = process.resourceUsage().maxRSS
  const seconds = Array.from({ length: what === 'time' ? RUNS : 1 }, () => {
    const start = process.cpuUsage()
    const size = decode(bytes)
    const { user, system } = process.cpuUsage(start)
    return { ...size, seconds: (user + system) / 1e6 }
  })
  const memory = (process.resourceUsage().maxRSS - before) * 1024
  const [{ width, height } = { width: 0, height: 0 }] = seconds
  const time = Math.min(...seconds.slice(1).map((run) => run.seconds))
  return { width, height, cost: what === 'time' ? time : memory }
}

const [, script = '', ...args] = process.argv
if (args[0] === '--measure') {
  const [, decoder, what, path = ''] = args
  console.log(JSON.stringify(await measure(decoder as Decoder, what as Measure, path)))
} else {
  const inProcess = (decoder: Decoder, what: Measure, path: string): Found =>
    JSON.parse(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', decoder, what, path], {
        encoding: 'utf8',
      }),
    )
  if (args.length === 0) console.log(`node ${script} FILE...`)
  for (const path of args) {
    for (const decoder of ['ours', 'jpeg-js'] as const) {
      if (decoder === 'jpeg-js' && !/\.jpe?g$/i.test(path)) continue
      const { width, height, cost: seconds } = inProcess(decoder, 'time', path)
      const { cost: bytes } = inProcess(decoder, 'memory', path)
      const perPixel = (bytes / (width * height)).toFixed(1)
      console.log(
        `${basename(path)} (${width}x${height}), ${decoder}: ${Math.round(seconds * 1000)} ms, ${perPixel} bytes a pixel`,
      )
    }
  }
}
