import type { TargetQuestion } from './sources/source.ts'

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What is explained: a question, or a recorded target of a kind that only a recording has, by its words. */
export type TargetChoice = TargetQuestion | { readonly kind: 'recorded'; readonly text: string }

/** Base of the run lengths in a region's text. */
const RADIX = 36

/**
 * A target as a short text, for attributes and links: `pixel:X,Y`, `region:X,Y,WIDTH,HEIGHT`, `channel:LAYER,NUMBER[,X,Y]`
 * as the command line has them; `region:runs:...` for a region of any form (lengths of runs outside and inside in turn, base
 * 36); `recorded:WORDS`.
 */
export function targetText(target: TargetChoice): string {
  switch (target.kind) {
    case 'pixel':
      return `pixel:${target.x},${target.y}`
    case 'region':
      return `region:runs:${runsOf(target.mask)}`
    case 'channel': {
      const place = target.x === undefined || target.y === undefined ? '' : `,${target.x},${target.y}`
      return `channel:${target.layer},${target.channel}${place}`
    }
    case 'recorded':
      return `recorded:${target.text}`
  }
}

/** The target that a text names in an image of some size; undefined when it is none, or not in the image. */
export function parseTarget(text: string, size: Size): TargetChoice | undefined {
  const kind = text.slice(0, text.indexOf(':'))
  const rest = text.slice(kind.length + 1)
  switch (kind) {
    case 'pixel':
      return pixelFrom(rest, size)
    case 'region':
      return rest.startsWith('runs:') ? regionFrom(maskFromRuns(rest.slice(5), size)) : rectangleFrom(rest, size)
    case 'channel':
      return channelFrom(rest)
    case 'recorded':
      return { kind, text: rest }
    default:
      return undefined
  }
}

const wholeNumbers = (text: string): number[] => (/^\d+(,\d+)*$/.test(text) ? text.split(',').map(Number) : [])

function pixelFrom(text: string, { width, height }: Size): TargetChoice | undefined {
  const [x, y, more] = wholeNumbers(text)
  if (x === undefined || y === undefined || more !== undefined || x >= width || y >= height) return undefined
  return { kind: 'pixel', x, y }
}

function rectangleFrom(text: string, { width, height }: Size): TargetChoice | undefined {
  const [x, y, across, down] = wholeNumbers(text)
  if (x === undefined || y === undefined || across === undefined || down === undefined) return undefined
  const mask = new Float32Array(width * height)
  for (let row = y; row < Math.min(y + down, height); row++) {
    mask.fill(1, row * width + Math.min(x, width), row * width + Math.min(x + across, width))
  }
  return regionFrom(mask)
}

/** A region; undefined when nothing is in it. */
function regionFrom(mask: Float32Array | undefined): TargetChoice | undefined {
  return mask?.some((weight) => weight > 0) ? { kind: 'region', mask } : undefined
}

function channelFrom(text: string): TargetChoice | undefined {
  const [, layer, channel, x, y] = /^(.+?),(\d+)(?:,(\d+),(\d+))?$/.exec(text) ?? []
  if (layer === undefined) return undefined
  const place = x === undefined ? {} : { x: Number(x), y: Number(y) }
  return { kind: 'channel', layer, channel: Number(channel), ...place }
}

/** Lengths of the runs of pixels outside and inside in turn, row by row from the top. */
function runsOf(mask: Float32Array): string {
  const runs: number[] = []
  let [inside, start] = [false, 0]
  mask.forEach((weight, i) => {
    if (weight > 0 === inside) return
    runs.push(i - start)
    ;[inside, start] = [!inside, i]
  })
  if (inside) runs.push(mask.length - start)
  return runs.map((length) => length.toString(RADIX)).join('.')
}

function maskFromRuns(text: string, { width, height }: Size): Float32Array | undefined {
  const mask = new Float32Array(width * height)
  let [inside, start] = [false, 0]
  for (const run of text.split('.')) {
    const length = Number.parseInt(run, RADIX)
    if (!(length >= 0) || start + length > mask.length) return undefined
    if (inside) mask.fill(1, start, start + length)
    ;[inside, start] = [!inside, start + length]
  }
  return mask
}
