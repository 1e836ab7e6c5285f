import type { BenchResult } from './bench.ts'
import type { Comparison } from './compare.ts'
import { figure, times } from './format.ts'
import { type Basis, basisOf, rateOf, ratioIn, type Standing, standingsOf } from './standings.ts'

/** Lengths in pixels of the drawing. */
const WIDTH = 820
const MARGIN = 16
const LABEL = 230
const BAR = 340
const ROW = 20
const BAR_HEIGHT = 13
const HEADING = 34
/** Sides on the processor that a line of text has room for. */
const NOTED = 3
/** From a row's top to the baseline of its text. */
const BASELINE = 14
const GAP = 6

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .heading { font-weight: 600 }
  .bar { fill: #9aa4ae }
  .ours { fill: #0b6bcb }
  .note { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 }
    .ours { fill: #4ea1ff }
    .note { fill: #9198a1 }
  }`

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`)

/**
 * Bars of every workload, each group to the scale of its fastest side on the adapter. Sides on the processor are given below as
 * text, for scale.
 */
export function chart({
  comparisons,
  adapter,
  ceilings,
}: Pick<BenchResult, 'comparisons' | 'adapter' | 'ceilings'>): string {
  const basis = basisOf(adapter)
  const parts: string[] = []
  let y = MARGIN
  for (const comparison of comparisons) {
    const counted = standingsOf(comparison, ceilings, basis).filter(({ figures }) => figures.void === undefined)
    if (counted.length === 0) continue
    const group = groupOf(comparison, counted, basis)
    parts.push(group.drawn(y))
    y += group.height
  }
  const height = y + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>noisescope beside other libraries on ${escaped(adapter.description)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function groupOf(comparison: Comparison, standings: readonly Standing[], basis: Basis) {
  const bars = standings.filter(({ place }) => place === 'webgpu')
  const others = standings.filter(({ place }) => place === 'processor')
  const fastest = Math.max(...bars.map(({ figures }) => rateOf(figures, basis)))
  const noted = others.map(({ library, figures }) => `${library} ${figure(rateOf(figures, basis))}`)
  const notes = Array.from({ length: Math.ceil(noted.length / NOTED) }, (_, i) => {
    const line = noted.slice(i * NOTED, (i + 1) * NOTED).join(', ')
    return i === 0 ? `on the processor, for scale: ${line}` : line
  })
  const height = HEADING + (bars.length + notes.length) * ROW
  const drawn = (top: number): string => {
    const first = top + HEADING
    const { workload, variant, unit } = comparison
    return [
      textAt(MARGIN, top + HEADING - GAP, `${workload}, ${variant.name}: ${unit} per ${inWords[basis]}`, 'heading'),
      ...bars.map((standing, i) => barAt(first + i * ROW, standing, { fastest, basis, ours: i === 0 })),
      ...notes.map((note, i) => textAt(MARGIN, first + (bars.length + i) * ROW + BASELINE, note, 'note')),
    ].join('\n')
  }
  return { height, drawn }
}

const inWords: Readonly<Record<Basis, string>> = { 'core-s': 'core-second', s: 'second' }

function barAt(
  top: number,
  { library, figures, ratio }: Standing,
  { fastest, basis, ours }: { fastest: number; basis: Basis; ours: boolean },
): string {
  const rate = rateOf(figures, basis)
  const length = (BAR * rate) / fastest
  const left = MARGIN + LABEL
  const value = figure(rate) + (ratio === undefined ? '' : ` (ours is ${times(ratioIn(ratio, basis))})`)
  return [
    textAt(MARGIN, top + BASELINE, library),
    `<rect class="${ours ? 'ours' : 'bar'}" x="${left}" y="${top + (ROW - BAR_HEIGHT) / 2}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}"/>`,
    textAt(left + length + GAP, top + BASELINE, value),
  ].join('\n')
}

const textAt = (x: number, y: number, text: string, kind?: string): string =>
  `<text x="${x.toFixed(1)}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped(text)}</text>`
