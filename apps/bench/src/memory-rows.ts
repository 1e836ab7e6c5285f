import type { Comparison } from './compare.ts'
import { mebibytes, times } from './format.ts'

/** The heading and a row for each side of each comparison that has a side which knows its device's memory; none if none has. */
export function memoryRows(comparisons: readonly Comparison[]): string[][] {
  const rows = comparisons
    .filter(({ sides }) => sides.some(({ rounds }) => rounds.some(({ memory }) => memory !== undefined)))
    .flatMap(({ workload, variant, sides }) =>
      sides.map(({ library, rounds }): string[] => {
        const memory = rounds.at(-1)?.memory
        return [
          `${workload}, ${variant.name}`,
          library,
          mebibytes(Math.max(...rounds.map(({ peakBytes }) => peakBytes))),
          ...(memory === undefined
            ? ['', '', '', '']
            : [
                mebibytes(memory.device),
                mebibytes(memory.arena),
                mebibytes(memory.lowerBound),
                times(memory.arena / memory.lowerBound),
              ]),
        ]
      }),
    )
  const heading = ['workload', 'side', 'process, peak', 'buffers', 'arena', 'least arena', 'arena / least']
  return rows.length === 0 ? [] : [heading, ...rows]
}
