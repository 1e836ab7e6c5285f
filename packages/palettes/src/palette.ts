import { NOT_FINITE, type Rgb } from './colour.ts'
import { divergingColour } from './diverging.ts'
import type { Scale } from './scale.ts'
import { VIRIDIS } from './viridis.ts'

/** Colours in equal steps from one end of a scale to the other, and the one of values that are not finite. */
export interface Palette {
  readonly colours: readonly Rgb[]
  /** The same as pixels: red, green, blue and 255 in the order of memory. */
  readonly pixels: Uint32Array
  readonly notFinite: number
}

/** Steps from end to end of the palettes of one direction; the signed one has as many on either side of zero. */
const STEPS = 255
const DIGITS = 6

const palettes: Readonly<Record<Scale['kind'], Palette>> = {
  grey: paletteOf(STEPS, (i) => [i, i, i]),
  sequential: paletteOf(STEPS, (i) => fromHexadecimal(VIRIDIS.slice(i * DIGITS, (i + 1) * DIGITS))),
  signed: paletteOf(2 * STEPS, (i) => divergingColour(i / STEPS - 1)),
}

/** The colours of a kind of scale. */
export const paletteFor = (kind: Scale['kind']): Palette => palettes[kind]

function paletteOf(steps: number, colourAt: (step: number) => Rgb): Palette {
  const colours = Array.from({ length: steps + 1 }, (_, i) => colourAt(i))
  const bytes = Uint8Array.from([...colours, NOT_FINITE].flatMap((colour) => [...colour, 255]))
  const pixels = new Uint32Array(bytes.buffer)
  return { colours, pixels: pixels.subarray(0, -1), notFinite: pixels.at(-1) ?? 0 }
}

function fromHexadecimal(digits: string): Rgb {
  const number = Number.parseInt(digits, 16)
  return [number >> 16, (number >> 8) & 255, number & 255]
}
