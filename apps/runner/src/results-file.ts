import { basename, dirname } from 'node:path'
import { shown } from '@noisescope/core'
import { type MarkedFile, type Marks, readMarkedFile } from '@noisescope/core/node'
import { levelText, noiseText } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'
import { writableFolder, writeResult } from './files.ts'
import { flagWords, type GivenFlags } from './flag-words.ts'
import { noiseFlagsText } from './noise-options.ts'
import type { NoisyForm } from './noisy-image.ts'
import type { TrainedModel } from './weights.ts'

/** One evaluation, as the table of results shows it. */
export interface RecordedResult {
  readonly weights: Pick<TrainedModel, 'path' | 'shipped' | 'sha256'>
  /** The images: a name and their number. */
  readonly set: string
  readonly noise: Noise
  /** The form of the noisy images; as drawn if not given. */
  readonly noisy?: NoisyForm
  /** Flags that the command was given, besides those of weights and noise. */
  readonly flags: GivenFlags
  /** By method, with `noisy` and `denoised` among them. */
  readonly mean: Readonly<Record<string, { readonly psnr: number; readonly ssim: number }>>
}

const MARKS: Marks = {
  start:
    '<!-- noisescope evaluate --record: the table below is written by the command, sorted by its first columns -->',
  end: '<!-- end -->',
  of: 'table of results',
  title: 'Results',
}
const HEADING = [
  '| weights | images | noise | noisy | denoised | compared with | command |',
  '|---|---|---|---|---|---|---|',
]
/** Columns that tell results apart: the same of them is the same evaluation, done again. */
const KEY_COLUMNS = 3

/**
 * Writes a result into the table of a Markdown file, in the place of an earlier one of the same weights, images and noise; what
 * else is in the file stays. A file that is not there is made.
 * @throws InputError when the file is there but has no such table.
 */
export async function recordResult(path: string, result: RecordedResult): Promise<void> {
  const { before, inside, after } = await readResults(path)
  const row = rowOf(result)
  const keyOf = (line: string): string => cellsOf(line).slice(0, KEY_COLUMNS).join('|')
  const rows = inside
    .split('\n')
    .filter((line) => line.startsWith('|') && !isHeading(line) && keyOf(line) !== keyOf(row))
    .map((line) => `| ${cellsOf(line).join(' | ')} |`)
  const sorted = [...rows, row].sort(new Intl.Collator('en', { numeric: true }).compare)
  const body = ['', '', ...HEADING, ...sorted, '', ''].join('\n')
  await writableFolder(dirname(path))
  await writeResult(path, before + body + after)
}

/** The cells of a row, however a formatter has padded them; `\|` is part of a cell. */
const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())

const isHeading = (line: string): boolean => /^(weights|-+)$/.test(cellsOf(line)[0] ?? '')

/**
 * The table of a file of results and what stands around it; of a file that is not there an empty one.
 * @throws InputError when the file cannot be read or has no such table.
 */
export const readResults = (path: string): Promise<MarkedFile> => readMarkedFile(path, MARKS)

function rowOf({ weights, set, noise, noisy: form = 'as drawn', flags, mean }: RecordedResult): string {
  const { noisy, denoised, ...others } = mean
  const quality = (value: RecordedResult['mean'][string] | undefined): string =>
    value === undefined ? '' : `${value.psnr.toFixed(2)} / ${value.ssim.toFixed(4)}`
  const cells = [
    cellText(`${basename(weights.path)} (${weights.sha256().slice(0, 8)})`),
    cellText(set),
    `${noise.kind === 'gaussian' ? `sigma ${levelText(noise.sd)} of 255` : noiseText(noise)}${form === 'as drawn' ? '' : `, ${form}`}`,
    quality(noisy),
    `**${quality(denoised)}**`,
    Object.entries(others)
      .map(([method, value]) => `${method} ${quality(value)}`)
      .join('<br>'),
    `\`${commandOf({ weights, noise, flags })}\``,
  ]
  return `| ${cells.join(' | ')} |`
}

/** A text that stays within its cell, whatever files are called. */
const cellText = (text: string): string => shown(text).replaceAll('|', '\\|')

/** The command that gives the result again. */
function commandOf({ weights, noise, flags }: Pick<RecordedResult, 'weights' | 'noise' | 'flags'>): string {
  const { model, ...others } = flags
  const given = { model, weights: weights.shipped ? undefined : weights.path, ...others }
  return ['noisescope evaluate', ...flagWords(given), noiseFlagsText(noise)].join(' ')
}
