import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeWhole } from '@noisescope/core/node'
import { answerOf, blurAnswerOf, simplerAnswerOf } from '@noisescope/study'
import { InterruptedError } from '../failure.ts'
import { jsonText, writableFolder } from '../files.ts'
import { listenForInterrupt } from '../interrupt.ts'
import type { CommonOptions, Output } from '../output.ts'
import { startProgress } from '../progress.ts'
import { openSession, type Session } from '../session.ts'
import { versionText } from '../version.ts'
import { type CellResult, measureCell } from './cell.ts'
import { type CellWeights, cellWeights } from './cell-weights.ts'
import { cellFigures } from './figures.ts'
import { keepCell, keptCell } from './kept-cells.ts'
import { type PlannedCell, type StudyFlags, type StudyPlan, studyPlan } from './plan.ts'
import { readRecord, recordStudy } from './record.ts'
import { type CellFigure, type StudyResult, studyCsv, studyHtml } from './report.ts'

/** Flags of `study`. */
export interface StudyOptions extends CommonOptions, StudyFlags {
  readonly output: string
  readonly force?: boolean
  readonly record?: string
}

/**
 * The report's study: data sets x noises x models, each evaluated, explained and scored, as one page, JSON and CSV. Cells are
 * kept as they are done, so a study that was interrupted goes on when it is started again.
 */
export async function studyCommand(options: StudyOptions, output: Output): Promise<void> {
  const plan = studyPlan(options)
  // A file that cannot take the study is refused before anything is measured.
  if (options.record !== undefined) await readRecord(options.record)
  const folder = await writableFolder(join(options.output, 'cells'))
  const cells: CellResult[] = []
  const stopped = (): string =>
    `stopped after ${cells.length} of ${plan.cells.length} cells; the same command goes on from there`
  using interrupt = listenForInterrupt(output, { word: 'Stopping', leaving: stopped })
  const figures: CellFigure[] = []
  using bar = startProgress('{bar} {value}/{total} cells: {cell}', plan.cells.length, { values: { cell: '' } })
  for (const [i, cell] of plan.cells.entries()) {
    if (interrupt.signal.aborted) throw new InterruptedError(stopped())
    bar.update(i, { cell: cell.name })
    const path = join(folder, `${cell.name}.json`)
    const weights = await cellWeights(cell, plan.size, options, output)
    const settings = settingsOf(cell, weights, plan, options)
    const earlier = options.force
      ? undefined
      : await keptCell(path, settings, () => output.note(`${path} is damaged: its cell is measured again.`))
    const { result, figures: own } =
      earlier ?? (await measured(cell, weights, plan, options, output).catch(asStopped(stopped)))
    if (earlier === undefined) await keepCell(path, settings, { result, figures: own })
    cells.push(result)
    figures.push(...own)
  }
  bar.update(plan.cells.length, { cell: 'report' })
  using session = await openSession(output)

  const study: StudyResult = {
    createdBy: versionText,
    quick: options.quick ?? false,
    seed: options.seed,
    adapter: session.device.info.description,
    answer: answerOf(cells),
    further: [simplerAnswerOf(cells), blurAnswerOf(cells)].filter((answer) => answer !== undefined),
    cells,
  }
  const [html, json, csv] = ['study.html', 'study.json', 'study.csv'].map((name) => join(options.output, name))
  await writeWhole(json as string, jsonText(study))
  await writeWhole(csv as string, studyCsv(study))
  await writeWhole(html as string, studyHtml(study, figures))
  for (const { claim, sentences } of [study.answer, ...study.further]) {
    output.line(`The claim: ${claim}`)
    for (const sentence of sentences) output.line(`  ${sentence}`)
  }
  output.line(`Wrote ${html}, ${json}, ${csv}.`)
  if (options.record !== undefined) {
    await recordStudy(options.record, study, { flags: options, date: new Date().toISOString().slice(0, 10) })
    output.line(`Recorded in ${options.record}.`)
  }
  output.result(study)
}

/** Says of work that Ctrl-C has broken off what is kept. @throws the error in those words, any other as it is. */
const asStopped =
  (stopped: () => string) =>
  (error: unknown): never => {
    throw error instanceof InterruptedError ? new InterruptedError(stopped(), { cause: error }) : error
  }

/** What is measured of a cell, and how; cells of another number are measured again. */
const MEASURED = 2

/** What must be the same for an earlier cell to be taken as it is. */
const settingsOf = (
  cell: PlannedCell,
  { trained }: CellWeights,
  { size }: StudyPlan,
  { seed, full, data }: StudyOptions,
): string =>
  createHash('sha256')
    .update(JSON.stringify([versionText, MEASURED, cell, trained.sha256(), size, seed, full, data]))
    .digest('hex')

async function measured(
  cell: PlannedCell,
  weights: CellWeights,
  plan: StudyPlan,
  options: StudyOptions,
  output: Output,
) {
  using session: Session = await openSession({ ...output, line: () => {} })
  const { seed, data, full } = options
  const done = await measureCell(session.device, cell, weights, { size: plan.size, seed, data, full })
  return { result: done.result, figures: await cellFigures(done) }
}
