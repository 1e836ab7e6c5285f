import { mirrored } from './border.ts'

/** Orthonormal wavelets of Daubechies with one and with two vanishing moments; db1 is Haar's. */
export type Wavelet = 'db1' | 'db2'

/** Low-pass filters (Daubechies 1988, table 1). */
const LOW_PASS: Record<Wavelet, readonly number[]> = {
  db1: [Math.SQRT1_2, Math.SQRT1_2],
  db2: [1 + Math.sqrt(3), 3 + Math.sqrt(3), 3 - Math.sqrt(3), 1 - Math.sqrt(3)].map((c) => c / (4 * Math.SQRT2)),
}

/** Both filters of a wavelet; the high-pass is the low-pass backwards with alternating signs. */
interface FilterPair {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

function filtersOf(wavelet: Wavelet): FilterPair {
  const low = LOW_PASS[wavelet]
  return { low, high: low.toReversed().map((value, i) => (i % 2 === 0 ? value : -value)) }
}

/** Number of taps of the wavelet's filters. */
export function filterLength(wavelet: Wavelet): number {
  return LOW_PASS[wavelet].length
}

/** Values in float64, row by row. */
export interface Grid {
  readonly width: number
  readonly height: number
  readonly values: Float64Array
}

/** The four sub-bands of one level, each about half as wide and high as the image. */
export interface SubBands {
  readonly approximation: Grid
  /** High-pass along rows, along columns, and along both. */
  readonly vertical: Grid
  readonly horizontal: Grid
  readonly diagonal: Grid
}

/**
 * One level of the two-dimensional wavelet transform: rows, then columns, mirrored at the edges.
 *
 * low(k) = sum over j of h(j) x(2k + j - L + 2), for the floor((n + L - 1) / 2) places k that reconstruction needs
 *
 * Source: Mallat 1989, section IV.
 */
export function analyse(image: Grid, wavelet: Wavelet): SubBands {
  const { low, high } = filtersOf(wavelet)
  const smooth = filterRows(image, low)
  const detailed = filterRows(image, high)
  return {
    approximation: transpose(filterRows(transpose(smooth), low)),
    vertical: transpose(filterRows(transpose(detailed), low)),
    horizontal: transpose(filterRows(transpose(smooth), high)),
    diagonal: transpose(filterRows(transpose(detailed), high)),
  }
}

/** The image of `width` x `height` whose sub-bands these are. */
export function synthesise(bands: SubBands, wavelet: Wavelet, width: number, height: number): Grid {
  const filters = filtersOf(wavelet)
  const smooth = joinRows(transpose(bands.approximation), transpose(bands.horizontal), filters, height)
  const detailed = joinRows(transpose(bands.vertical), transpose(bands.diagonal), filters, height)
  return joinRows(transpose(smooth), transpose(detailed), filters, width)
}

function filterRows({ width, height, values }: Grid, filter: readonly number[]): Grid {
  const length = filter.length
  const halfWidth = Math.floor((width + length - 1) / 2)
  const filtered = new Float64Array(halfWidth * height)
  const columns = Int32Array.from({ length: 2 * halfWidth + length }, (_, i) => mirrored(i - length + 2, width))
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < halfWidth; k++) {
      let sum = 0
      for (let j = 0; j < length; j++) {
        sum += (filter[j] as number) * (values[y * width + (columns[2 * k + j] as number)] as number)
      }
      filtered[y * halfWidth + k] = sum
    }
  }
  return { width: halfWidth, height, values: filtered }
}

/** x(i) = sum over k of h(i + L - 2 - 2k) low(k) + g(i + L - 2 - 2k) high(k). */
function joinRows(smooth: Grid, detailed: Grid, { low, high }: FilterPair, width: number): Grid {
  const { width: halfWidth, height } = smooth
  const joined = new Float64Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width; i++) {
      let sum = 0
      for (let k = i >> 1, tap = (i % 2) + low.length - 2; tap >= 0; k++, tap -= 2) {
        const at = y * halfWidth + k
        sum +=
          (low[tap] as number) * (smooth.values[at] as number) + (high[tap] as number) * (detailed.values[at] as number)
      }
      joined[y * width + i] = sum
    }
  }
  return { width, height, values: joined }
}

function transpose({ width, height, values }: Grid): Grid {
  const turned = new Float64Array(values.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned[x * height + y] = values[y * width + x] as number
  }
  return { width: height, height: width, values: turned }
}
