const MINUS = '\u2212'

/** A value with a few significant digits and a true minus sign: `0.5`, `−12.34`, `1.2e−5`; a dash where there is none. */
export function shown(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–'
  if (!Number.isFinite(value)) return String(value).replace('-', MINUS)
  const rounded = Number(value.toPrecision(digits))
  const magnitude = Math.abs(rounded)
  const plain = magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e5)
  return (plain ? String(rounded) : rounded.toExponential()).replaceAll('-', MINUS).replace('e+', 'e')
}

/** The number of [low, high] that is nearest to a value. */
export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** A count with its thousands apart: `12,000`. */
export const counted = (count: number): string => count.toLocaleString('en-US')

/** A share in percent with a few significant digits. */
export const percent = (share: number, digits = 3): string => `${shown(100 * share, digits)}%`
