import { InputError } from '@noisescope/core'
import type { Rgb } from '@noisescope/palettes'
import type { Figure, Raster } from './figure.ts'
import { lineHeight, shortened, textWidth } from './font.ts'
import { INK, MUTED, Page, RULE, type TextStyle } from './page.ts'
import { magnified } from './raster.ts'

const PICTURE_SIDE = 196
const MARGIN = 32
const GAP = 20
const KEY_SIDE = 12

const CAPTION: TextStyle = { size: 12, colour: MUTED }

/** What a denoiser found in one image: 1 or 0 for each pixel. */
export interface SeparationPicture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly corrupted: Uint8Array
  readonly removed: Uint8Array
  /** The core of the object, which is shaded. */
  readonly core: Uint8Array
}

/** Colours that people with any colour vision tell apart (Okabe and Ito 2008), on paper, and shaded within the core. */
const KINDS = {
  found: { colour: [0, 114, 178], text: 'noise found' },
  missed: { colour: [230, 159, 0], text: 'noise missed' },
  invented: { colour: [204, 121, 167], text: 'no noise, removed all the same' },
  core: { colour: [222, 222, 222], text: "object's core, kept" },
  kept: { colour: [250, 250, 250], text: 'rest, kept' },
} as const satisfies Record<string, { colour: Rgb; text: string }>

/** A page of pictures that say for each pixel whether noise was found, missed, or seen where there was none. */
export function separationPage(pictures: readonly SeparationPicture[]): Figure {
  if (pictures.length === 0) throw new InputError('there is no image to draw; expected at least one')
  const rasters = pictures.map(painted)
  const cell = Math.max(...rasters.map(({ width }) => width))
  const keys = Object.values(KINDS)
  const keysWidth = keys.reduce((sum, { text }) => sum + KEY_SIDE + 6 + textWidth(text, CAPTION) + GAP, -GAP)
  const width = 2 * MARGIN + Math.max(pictures.length * (cell + GAP) - GAP, keysWidth)
  const tallest = Math.max(...rasters.map(({ height }) => height))
  const keysTop = MARGIN + tallest + 4 + lineHeight(CAPTION) + GAP
  const page = new Page(width, keysTop + lineHeight(CAPTION) + MARGIN)
  rasters.forEach((raster, i) => {
    const x = MARGIN + i * (cell + GAP)
    page.frame({ x, y: MARGIN, width: raster.width, height: raster.height }, RULE)
    const name = pictures[i]?.name ?? ''
    page.picture(name, raster, x, MARGIN)
    page.text(shortened(name, CAPTION, cell), x, MARGIN + tallest + 4, CAPTION)
  })
  let x = MARGIN
  for (const { colour, text } of keys) {
    page.fill({ x, y: keysTop + 2, width: KEY_SIDE, height: KEY_SIDE }, colour)
    page.frame({ x, y: keysTop + 2, width: KEY_SIDE, height: KEY_SIDE }, RULE)
    page.text(text, x + KEY_SIDE + 6, keysTop, { ...CAPTION, colour: INK })
    x += KEY_SIDE + 6 + textWidth(text, CAPTION) + GAP
  }
  return page.figure()
}

function painted({ width, height, corrupted, removed, core }: SeparationPicture): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const kind = corrupted[i]
      ? removed[i]
        ? KINDS.found
        : KINDS.missed
      : removed[i]
        ? KINDS.invented
        : core[i]
          ? KINDS.core
          : KINDS.kept
    data.set(kind.colour, 3 * i)
  }
  return magnified({ width, height, data }, Math.max(1, Math.floor(PICTURE_SIDE / Math.max(width, height))))
}
