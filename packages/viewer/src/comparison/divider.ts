import { clamp } from '../numbers.ts'

/** How far arrow keys move the divider, as a share of the width, and with Shift. */
const STEP = 0.01
const LARGE_STEP = 0.1

/**
 * The share of a comparison that lies before the divider, for a pointer: 0 to 1 in reading direction.
 * @param pointer position along the axis, as `start` of the picture and its `length`
 */
export function dividerAt(pointer: number, start: number, length: number, rightToLeft = false): number {
  const share = length > 0 ? (pointer - start) / length : 0
  return clamp(rightToLeft ? 1 - share : share, 0, 1)
}

/** The divider after a key of a slider (arrows, Shift for ten steps, Home, End); undefined for any other key. */
export function dividerAfterKey(
  share: number,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  rightToLeft = false,
): number | undefined {
  const step = shiftKey ? LARGE_STEP : STEP
  switch (key) {
    case 'Home':
      return 0
    case 'End':
      return 1
    case 'ArrowUp':
      return moved(share, step)
    case 'ArrowDown':
      return moved(share, -step)
    case 'ArrowRight':
      return moved(share, rightToLeft ? -step : step)
    case 'ArrowLeft':
      return moved(share, rightToLeft ? step : -step)
  }
  return undefined
}

/** The `clip-path` of the image that is before the divider, which lies over the other one. */
export function clipBefore(share: number, rightToLeft = false): string {
  const hidden = `${percent(1 - share)}`
  return rightToLeft ? `inset(0 0 0 ${hidden})` : `inset(0 ${hidden} 0 0)`
}

const percent = (share: number): string => `${Number((clamp(share, 0, 1) * 100).toFixed(4))}%`

/** On whole hundredths, so that steps there and back end where they began. */
const moved = (share: number, step: number): number => clamp(Math.round((share + step) * 100) / 100, 0, 1)
