import { createRequire } from 'node:module'
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas'

/**
 * Size and weight of a text; the typeface is Inter (OFL), which comes with the package since machines may have no
 * fonts.
 */
export interface Font {
  /** Height of a capital M's em, in pixels. */
  readonly size: number
  readonly bold?: boolean | undefined
}

const FAMILIES = { normal: 'Noisescope Inter', bold: 'Noisescope Inter Semibold' } as const
/** Latin covers the figures' own texts; Greek follows for the sigmas of titles. */
const SUBSETS = ['latin', 'greek'] as const
const ELLIPSIS = '…'

const { resolve } = createRequire(import.meta.url)

for (const [family, weight] of [
  [FAMILIES.normal, 400],
  [FAMILIES.bold, 600],
] as const) {
  for (const subset of SUBSETS) {
    const file = resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`)
    GlobalFonts.registerFromPath(file, `${family} ${subset}`)
  }
}

const measuring = createCanvas(1, 1).getContext('2d')

/** Selects a font for the texts that are drawn next. */
export function setFont(context: SKRSContext2D, { size, bold = false }: Font): void {
  const family = bold ? FAMILIES.bold : FAMILIES.normal
  context.font = `${size}px ${SUBSETS.map((subset) => `"${family} ${subset}"`).join(', ')}, sans-serif`
}

/** Width in whole pixels that a text takes. */
export function textWidth(text: string, font: Font): number {
  setFont(measuring, font)
  return Math.ceil(measuring.measureText(text).width)
}

/** Height in pixels of a line of text. */
export function lineHeight({ size }: Font): number {
  return Math.ceil(size * 1.3)
}

/** The text itself where it fits into `width` pixels, otherwise its two ends with an ellipsis between. */
export function shortened(text: string, font: Font, width: number): string {
  if (textWidth(text, font) <= width) return text
  const letters = [...text]
  for (let kept = letters.length - 1; kept > 0; kept--) {
    const start = Math.ceil(kept / 2)
    const candidate =
      letters.slice(0, start).join('') + ELLIPSIS + letters.slice(letters.length - (kept - start)).join('')
    if (textWidth(candidate, font) <= width) return candidate
  }
  return ELLIPSIS
}

/** The text broken at its spaces into lines of at most `width` pixels; a longer word is shortened. */
export function wrapped(text: string, font: Font, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer, font) > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line].map((each) => shortened(each, font, width))
}
