import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { InputError, parsedJson } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import type { Noise } from '@noisescope/noise'
import type { UnusualDevice } from './device-flags.ts'
import { jsonText } from './files.ts'
import type { NoisyForm } from './noisy-image.ts'
import type { Output } from './output.ts'

/** PSNR in dB (null where an image equals the clean one) and SSIM. */
export interface Quality {
  readonly psnr: number
  readonly ssim: number
}

/** What was measured on one image: by method, `noisy` and `denoised` and the classical ones asked for. */
export interface ImageRow {
  readonly image: string
  readonly path: string
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly methods: Readonly<Record<string, Quality>>
}

/** What a file of partial results is of; other settings are other results. */
export interface EvaluationSettings extends UnusualDevice {
  readonly model: string
  readonly weights: string
  readonly weightsSha256: string
  readonly images: readonly string[]
  /** Of the bytes of all files. */
  readonly imagesSha256: string
  readonly noise: Noise
  readonly noisy: NoisyForm
  readonly seed: number
  readonly compare: readonly string[]
}

type StoredRows = EvaluationSettings & { readonly rows: ImageRow[] }

/** The rows of an evaluation and the file in `runs/evaluate` that keeps them, where one can be written. */
export interface KeptRows {
  readonly rows: readonly ImageRow[]
  /** Where they are kept; undefined once that has failed. */
  readonly file: string | undefined
  /** Adds a row and writes them all. */
  add(row: ImageRow): Promise<void>
}

/**
 * Opens the rows of an evaluation: with `resume` those of an earlier one with the same settings, if there was one. Where nothing
 * can be written, a note says so and the evaluation goes on.
 * @throws InputError when the file is of other settings, or no evaluation.
 */
export async function openRows(
  settings: EvaluationSettings,
  { resume = false }: { readonly resume?: boolean | undefined },
  output: Output,
): Promise<KeptRows> {
  const place = join('runs', 'evaluate', `${nameOf(settings)}.json`)
  const rows = resume ? await earlierRows(place, settings) : []
  let file: string | undefined = place
  const write = async (): Promise<void> => {
    if (file === undefined) return
    await writeWhole(file, jsonText({ ...settings, rows })).catch((error: NodeJS.ErrnoException) => {
      output.note(`Note: ${file} cannot be written (${error.code}): an interruption would lose what is measured.`)
      file = undefined
    })
  }
  await write()
  return {
    rows,
    get file() {
      return file
    },
    add: async (row) => {
      rows.push(row)
      await write()
    },
  }
}

/** Characters of a part of a file's name: what all file systems have room for, three times. */
const LONGEST_PART = 60

/** A name for the settings: readable, and of a length that every file system takes. */
function nameOf({ model, images, noise, seed, noisy }: EvaluationSettings): string {
  const [first = 'images', ...others] = images
  const all = others.length === 0 ? [] : [`and-${others.length}-more-${shortHash(images.join('\0'))}`]
  const form = noisy === 'as drawn' ? [] : [noisy]
  return [model, short(basename(resolve(first))), ...all, ...Object.values(noise), ...form, seed]
    .join('-')
    .replaceAll(/[^\w.-]+/g, '_')
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

const short = (text: string): string =>
  text.length <= LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}-${shortHash(text)}`

/** The rows that an earlier evaluation with the same settings has left; none when there was none. */
async function earlierRows(file: string, settings: EvaluationSettings): Promise<ImageRow[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new InputError(`${file} cannot be read (${error.code}); leave --resume out`, { cause: error })
  })
  if (text === undefined) return []
  const { rows, ...stored } = rowsFrom(text, file)
  const keys = new Set([...Object.keys(settings), ...Object.keys(stored)]) as Set<keyof EvaluationSettings>
  const differing = [...keys].filter((key) => JSON.stringify(stored[key]) !== JSON.stringify(settings[key]))
  if (differing.length > 0) {
    throw new InputError(
      `${file} holds an evaluation with other ${differing.join(', ')}; leave --resume out to replace it`,
    )
  }
  return rows
}

function rowsFrom(text: string, file: string): StoredRows {
  const refuse = (): never => {
    throw new InputError(`${file} holds no evaluation; leave --resume out to replace it`)
  }
  const stored = parsedJson(text, refuse)
  return isObject(stored) && Array.isArray(stored.rows) && stored.rows.every(isRow)
    ? (stored as unknown as StoredRows)
    : refuse()
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isRow(value: unknown): value is ImageRow {
  if (!isObject(value) || !isObject(value.methods)) return false
  const isQuality = (each: unknown): boolean =>
    isObject(each) && typeof each.ssim === 'number' && (each.psnr === null || typeof each.psnr === 'number')
  return (
    [value.image, value.path].every((name) => typeof name === 'string') &&
    [value.width, value.height, value.channels].every((size) => typeof size === 'number') &&
    Object.values(value.methods).every(isQuality)
  )
}
