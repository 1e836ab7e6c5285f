import { clamp } from '../numbers.ts'
/** Step of the arrow keys with Shift, in items or pixels. */
export const SHIFT_STEP = 10

/** Directions of the arrow keys, in columns (right is positive) and rows (down is positive). */
export const arrowDirections: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** How the items lie, and how far a key moves among them. */
export interface Roving {
  readonly count: number
  readonly at: number
  /** Items in a row; 1 for a column. */
  readonly columns: number
  readonly rightToLeft: boolean
}

/** The item that a key goes to (arrows, with Shift ten, Home, End); undefined for any other key. */
export function itemAfterKey(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  { count, at, columns, rightToLeft }: Roving,
): number | undefined {
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const direction = arrowDirections[key]
  if (direction === undefined) return undefined
  const [across, down] = direction
  const step = (rightToLeft ? -across : across) + down * columns
  const next = at + step * (shiftKey ? SHIFT_STEP : 1)
  // A step beyond the last row goes nowhere, a long one to the end.
  if (next >= 0 && next < count) return next
  return shiftKey || Math.abs(step) === 1 ? clamp(next, 0, count - 1) : at
}

/** Moves the focus among what is marked `data-roving` in a list: its `keydown` listener. */
export function rovingKey(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement
  const items = [...list.querySelectorAll<HTMLElement>('[data-roving]')]
  const at = items.indexOf(event.target as HTMLElement)
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return
  const rightToLeft = getComputedStyle(list).direction === 'rtl'
  const next = itemAfterKey(event, { count: items.length, at, columns: 1, rightToLeft })
  if (next === undefined) return
  event.preventDefault()
  items[next]?.focus()
}
