import { basename } from 'node:path'
import { type MarkedFile, type Marks, readMarkedFile, writeWhole } from '@noisescope/core/node'
import type { BenchResult } from './bench.ts'
import { chart } from './chart.ts'
import { memoryRows } from './memory-rows.ts'
import { ceilingsText, tableOf } from './report.ts'
import { basisOf, standingsOf } from './standings.ts'
import { startRows } from './start/rows.ts'

const MARKS: Marks = {
  start: '<!-- bench --record: what stands below is written by the command -->',
  end: '<!-- end -->',
  of: 'measured part',
  title: 'Performance',
}

/**
 * Writes a run into the measured part of a Markdown file, and its chart beside it as NAME.svg; what else is in the file stays, and one that is not there is made.
 * @param command that made the run, for the reader who wants it again.
 * @throws InputError when the file cannot be read or has no measured part.
 */
export async function record(path: string, result: BenchResult, command: string): Promise<void> {
  const { before, after } = await readRecord(path)
  const picture = path.replace(/(\.md)?$/, '.svg')
  await writeWhole(path, `${before}\n\n${measuredPart(result, { command, picture: basename(picture) })}\n\n${after}`)
  await writeWhole(picture, chart(result))
}

/** A document in which a run can be recorded. @throws InputError when it cannot be read or has no measured part. */
export const readRecord = (path: string): Promise<MarkedFile> => readMarkedFile(path, MARKS)

/** A run as Markdown. */
export function measuredPart(result: BenchResult, { command, picture }: { command: string; picture: string }): string {
  const { started, machine, adapter, ceilings, comparisons, start, plan } = result
  const basis = basisOf(adapter)
  const workloads = Map.groupBy(comparisons, ({ workload }) => workload)
  const memory = memoryRows(comparisons)
  return [
    `Measured on ${started.slice(0, 10)} with \`${command}\` (${roundsText(plan)}) at revision ${machine.revision}.`,
    '',
    `- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}; load ${machine.load.toFixed(1)} at the start`,
    `- Adapter: ${adapter.description} (${adapter.traits.kind})`,
    `- Node ${machine.node}, Dawn for Node ${machine.dawn}`,
    `- Ceilings: ${ceilingsText(ceilings)}`,
    '',
    `![Bars of every workload: noisescope and its peers](${picture})`,
    ...[...workloads].flatMap(([workload, variants]) => [
      '',
      `### ${workload}`,
      '',
      `${sentence(variants[0]?.title ?? workload)}`,
      ...variants.flatMap((comparison) => [
        '',
        ...markdownTable(comparison.variant.name, tableOf(comparison, standingsOf(comparison, ceilings, basis), basis)),
      ]),
    ]),
    ...(memory.length === 0 ? [] : ['', '### memory', '', ...markdownTable('workload', memory)]),
    ...(start === undefined
      ? []
      : [
          '',
          '### start',
          '',
          `\`noisescope denoise\` with one grey image of ${start.side}x${start.side}, from the start of its process to its end.`,
          '',
          ...markdownTable('', startRows(start)),
        ]),
  ].join('\n')
}

const sentence = (title: string): string => `${title.charAt(0).toUpperCase()}${title.slice(1)}.`

const roundsText = ({ rounds, length }: BenchResult['plan']): string =>
  `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of at least ${length.seconds} s`

/** A table with a name in its empty corner; short rows are filled up. */
function markdownTable(corner: string, [heading = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const full = (row: readonly string[]): string[] => heading.map((_, i) => row[i] ?? '')
  const [first = '', ...others] = heading
  return [line([first || corner, ...others]), line(heading.map(() => '---')), ...rows.map((row) => line(full(row)))]
}
