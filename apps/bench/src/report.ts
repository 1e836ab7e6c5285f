import type { Comparison, SideFigures } from './compare.ts'
import type { Round } from './measure.ts'
import type { Summary } from './statistics.ts'

/** Three digits. */
const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

const summary = ({ median, least, most }: Summary): string => `${figure(median)} (${figure(least)} to ${figure(most)})`

const times = (ratio: number): string => `${figure(ratio)}x`

/** How much of the processor's time went to JavaScript's thread. */
function mainThreadShare(rounds: readonly Round[]): string {
  const total = (of: (round: Round) => number) => rounds.reduce((sum, round) => sum + of(round), 0)
  return `${((100 * total((round) => round.mainThreadSeconds)) / total((round) => round.coreSeconds)).toFixed(0)}%`
}

const sideRow = ({ library, perSecond, perCoreSecond, rounds, void: problem }: SideFigures): string[] =>
  problem === undefined
    ? [library, summary(perSecond), summary(perCoreSecond), mainThreadShare(rounds)]
    : [library, `void: ${problem}`]

/** Rows of cells in columns as wide as they need; a last cell may be as long as it likes. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.filter((row) => column < row.length - 1).map((row) => row[column]?.length ?? 0)),
  )
  return rows.map((row) =>
    row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths?.[column] ?? 0) : cell)).join('   '),
  )
}

/** A comparison as lines of text. */
export function reportLines({ title, unit, settings, adapter, sides, ratios }: Comparison): string[] {
  const heading = ['', `${unit}/s (least to most)`, `${unit}/core-s (least to most)`, "JavaScript's thread"]
  return [
    `Adapter: ${adapter}`,
    `Workload: ${title}, batch ${settings.batch}`,
    '',
    ...columns([heading, ...sides.map(sideRow)]),
    '',
    ...ratios.flatMap(({ of, to, rounds, median, medianWithoutMainThread }) => [
      `${of} / ${to}, ${unit} per core-second: ${times(median)} (rounds: ${rounds.map(times).join(', ')})`,
      `  without JavaScript's thread: ${times(medianWithoutMainThread)}`,
    ]),
  ]
}
