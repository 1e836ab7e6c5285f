import type { Histogram } from '../analysis/histogram.ts'
import { coordinate } from './path.ts'

/** How tall a bin is for its count: logarithmic bars show rare values beside a great many zeros. */
export type CountAxis = 'linear' | 'logarithmic'

/**
 * The outline of a histogram for the `d` of an SVG path, closed along the bottom: from 0,0 (top left) to width,height, the fullest
 * bin as tall as that. Empty where no value is finite.
 */
export function histogramPath(
  { counts }: Histogram,
  { width, height }: { readonly width: number; readonly height: number },
  axis: CountAxis,
): string {
  if (counts.length === 0) return ''
  const tallness = (count: number): number => (axis === 'linear' ? count : Math.log1p(count))
  const tallest = tallness(counts.reduce((most, count) => Math.max(most, count), 1))
  const steps = Array.from(counts, (count, bin) => {
    const top = height * (1 - tallness(count) / tallest)
    return `V${coordinate(top)}H${coordinate((width * (bin + 1)) / counts.length)}`
  })
  return `M0,${coordinate(height)}${steps.join('')}V${coordinate(height)}Z`
}
