import { colouringOf, css, endsOf, formatValue, type Scale } from '@noisescope/palettes'

/** A number beside a colour bar. */
export interface BarTick {
  readonly value: number
  /** From the low end, 0, to the high one, 1. */
  readonly position: number
  readonly text: string
}

/** A colour of a gradient. */
export interface GradientStop {
  /** 0 at the low end, 1 at the high one. */
  readonly offset: number
  readonly colour: string
}

/** What a colour bar says: which colour stands for which value. */
export interface ColourBar {
  readonly stops: readonly GradientStop[]
  /** From low to high. */
  readonly ticks: readonly BarTick[]
}

/** Even in number, so that the middle is one: straight lines between 33 colours stay within 3 of 255 of the palettes. */
const PARTS = 32

/**
 * The colour bar of a scale. Its ends and middle have ticks, a signed one also the halves between.
 * @param open whether there are values beyond the ends, which the end ticks then say
 */
export function colourBarOf(scale: Scale, open = false): ColourBar {
  const [low, high] = endsOf(scale)
  const colouring = colouringOf(scale)
  const at = (offset: number): number => low + offset * (high - low)
  const offsets = low === high ? [0] : scale.kind === 'signed' ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1]
  return {
    stops: Array.from({ length: PARTS + 1 }, (_, i) => ({
      offset: i / PARTS,
      colour: css(colouring(at(i / PARTS))),
    })),
    ticks: offsets.map((position) => {
      const value = at(position)
      const beyond = open && position === 0 ? '< ' : open && position === 1 ? '> ' : ''
      return { value, position, text: beyond + formatValue(value) }
    }),
  }
}

/** The gradient of a colour bar for a style sheet. @param direction in which the values grow, such as 'to top' */
export const cssGradient = ({ stops }: ColourBar, direction: string): string =>
  `linear-gradient(${direction}, ${stops.map(({ colour }) => colour).join(', ')})`
