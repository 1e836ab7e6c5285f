const MINUS = '\u2212'

/** A value with three significant digits and a true minus sign, for example `0.5`, `−12.3` or `1.2e−5`. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const rounded = Number(value.toPrecision(3))
  const magnitude = Math.abs(rounded)
  const plain = magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e5)
  return (plain ? String(rounded) : rounded.toExponential()).replaceAll('-', MINUS).replace('e+', 'e')
}

/** A count with thousands separated: `12,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** A float32 that was meant to be 0.8 may be this much larger, as a share of it. */
const FLOAT32_SLACK = 1e-6

/** The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 or 10 times a power of ten that is no smaller than a positive value. */
export function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8].find((each) => each * power >= value * (1 - FLOAT32_SLACK)) ?? 10
  return Number((step * power).toPrecision(2))
}
