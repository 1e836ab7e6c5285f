import { dirname } from 'node:path'
import { type MarkedFile, type Marks, readMarkedFile } from '@noisescope/core/node'
import { type Study, type Table, tablesOf } from '@noisescope/study'
import { writableFolder, writeResult } from '../files.ts'
import { flagWords } from '../flag-words.ts'
import type { StudyFlags } from './plan.ts'

const MARKS: Marks = {
  start: '<!-- noisescope study --record: what follows is written by the command -->',
  end: '<!-- end -->',
  of: 'place for a study',
  title: 'The study',
}

/**
 * The file that a study is to be recorded in.
 * @throws InputError when it is there but has no place for a study.
 */
export const readRecord = (path: string): Promise<MarkedFile> => readMarkedFile(path, MARKS)

/**
 * Writes a study's answer and tables into a Markdown file, in the place of those of an earlier one; what else is in the file stays.
 * A file that is not there is made.
 * @param date of the study, 2026-11-25.
 * @throws InputError when the file is there but has no place for a study.
 */
export async function recordStudy(
  path: string,
  study: Study,
  { flags, date }: { readonly flags: StudyFlags; readonly date: string },
): Promise<void> {
  const { before, after } = await readRecord(path)
  const { answer, further, cells, adapter, createdBy } = study
  const parts = [
    `${date}, ${createdBy}, on ${adapter}, by`,
    `    ${commandOf(flags, path)}`,
    ...[answer, ...further].flatMap(({ claim, sentences }) => [
      `> ${claim}`,
      sentences.map((sentence) => `- ${sentence}`).join('\n'),
    ]),
    ...tablesOf(cells)
      .filter(({ detailed }) => detailed !== true)
      .flatMap(tableMarkdown),
  ]
  await writableFolder(dirname(path))
  await writeResult(path, [before, ...parts, after].join('\n\n'))
}

/** The command that does the study again. */
function commandOf(flags: StudyFlags, path: string): string {
  const { seed, quick, datasets, noises, models, images, explained, judged, resamples, full, data } = flags
  const given = { seed, quick, datasets, noises, models, images, explained, judged, resamples, full, data }
  return ['noisescope study', ...flagWords({ ...given, record: path })].join(' ')
}

function tableMarkdown({ caption, note, rows: [heading = [], ...rows] }: Table): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const table = [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
  return [`### ${caption}`, ...(note === undefined ? [] : [note.replaceAll('|', '\\|')]), table]
}
