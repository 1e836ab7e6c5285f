import type { Summary } from './statistics.ts'

/** Three digits. */
export const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** Median with the least and the most; alone where there was one round. */
export const summaryText = ({ median, least, most }: Summary): string =>
  least === most ? figure(median) : `${figure(median)} (${figure(least)} to ${figure(most)})`

/** How many times as much: 4.32x. */
export const times = (ratio: number): string => `${figure(ratio)}x`

export const percent = (share: number): string => `${(100 * share).toFixed(0)}%`

const MEBIBYTE = 2 ** 20

export const mebibytes = (bytes: number): string => `${figure(bytes / MEBIBYTE)} MiB`
