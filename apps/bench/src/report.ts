import type { Ceilings } from '@noisescope/core'
import type { BenchResult } from './bench.ts'
import type { Comparison } from './compare.ts'
import { figure, percent, summaryText, times } from './format.ts'
import { machineLine } from './machine.ts'
import { memoryRows } from './memory-rows.ts'
import type { AdapterCeilings } from './processes/measure-adapter.ts'
import { type Basis, basisOf, type Standing, standingsOf } from './standings.ts'
import { startRows } from './start/rows.ts'

/** Rows of cells in columns as wide as they need; a last cell may be as long as it likes. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.filter((row) => column < row.length - 1).map((row) => row[column]?.length ?? 0)),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths?.[column] ?? 0) : cell))
      .join('   ')
      .trimEnd(),
  )
}

/** The heading and a row for each side: what terminal and document show. */
export function tableOf(comparison: Comparison, standings: readonly Standing[], basis: Basis): string[][] {
  const { unit, absent } = comparison
  return [
    [
      '',
      `${unit}/core-s`,
      `${unit}/s`,
      `GFLOP/${basis}`,
      'of ceiling',
      'ours, per core-s',
      'ours, by the clock',
      'JS thread',
    ],
    ...standings.map((standing) => sideRow(standing)),
    ...absent.map(({ side, reason }) => [side, `left out: ${reason}`]),
  ]
}

function sideRow({ library, figures, gigaflops, shareOfCeiling, mainThreadShare, ratio }: Standing): string[] {
  if (figures.void !== undefined) return [library, `void: ${figures.void}`]
  return [
    library,
    summaryText(figures.perCoreSecond),
    summaryText(figures.perSecond),
    gigaflops === undefined ? '' : figure(gigaflops),
    shareOfCeiling === undefined ? '' : percent(shareOfCeiling),
    ratio === undefined ? '' : times(ratio.perCoreSecond),
    ratio === undefined ? '' : times(ratio.perSecond),
    percent(mainThreadShare),
  ]
}

const GIGA = 1e9

/** Multiply-adds and copies, for each core-second and by the clock. */
export function ceilingsText({ perCoreSecond, perSecond }: AdapterCeilings): string {
  const both = (of: (ceilings: Ceilings) => number, unit: string): string =>
    `${figure(of(perCoreSecond) / GIGA)} ${unit}/core-s, ${figure(of(perSecond) / GIGA)} ${unit}/s`
  const multiplyAdds = both(({ operationsPerSecond }) => operationsPerSecond, 'GFLOP')
  const copies = both(({ copyBytesPerSecond }) => copyBytesPerSecond, 'GB')
  return `${multiplyAdds} of multiply-adds in registers; ${copies} of copies, bytes read and bytes written`
}

/** Everything as lines of text. */
export function reportLines(result: BenchResult): string[] {
  const { machine, adapter, ceilings, comparisons, start } = result
  const basis = basisOf(adapter)
  const memory = memoryRows(comparisons)
  return [
    machineLine(machine),
    `Adapter: ${adapter.description} (${adapter.traits.kind})`,
    `Ceilings: ${ceilingsText(ceilings)}`,
    ...comparisons.flatMap((comparison) => [
      '',
      `${comparison.workload}: ${comparison.title}, ${comparison.variant.name}`,
      ...columns(tableOf(comparison, standingsOf(comparison, ceilings, basis), basis)),
    ]),
    ...(memory.length === 0 ? [] : ['', 'memory', ...columns(memory)]),
    ...(start === undefined
      ? []
      : ['', `start: noisescope denoise, one image of ${start.side}x${start.side}`, ...columns(startRows(start))]),
  ]
}
