import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeWhole } from '@noisescope/core/node'
import { readStudyFile } from '@noisescope/study'
import { jsonText } from '../files.ts'
import type { CellResult } from './cell.ts'
import type { CellFigure } from './report.ts'

/** What was measured of a cell. */
export interface FinishedCell {
  readonly result: CellResult
  readonly figures: readonly CellFigure[]
}

/** A measured cell as it is kept: its figures as base64, and the SHA-256 of the JSON of all else. */
interface KeptCell {
  readonly sha256: string
  readonly settings: string
  readonly result: CellResult
  readonly figures: readonly (Omit<CellFigure, 'png'> & { readonly png: string })[]
}

/** Keeps a cell for the next start of the study. @param settings that its result depends on. */
export async function keepCell(path: string, settings: string, { result, figures }: FinishedCell): Promise<void> {
  const content = {
    settings,
    result,
    figures: figures.map(({ png, ...rest }) => ({ ...rest, png: Buffer.from(png).toString('base64') })),
  }
  await writeWhole(path, jsonText({ sha256: hashOf(content), ...content } satisfies KeptCell))
}

/** A kept cell, or undefined where there is none of these settings; `onDamage` is called where the file is not as it was written. */
export async function keptCell(
  path: string,
  settings: string,
  onDamage: () => void,
): Promise<FinishedCell | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const kept = whole(text)
  if (kept === undefined) onDamage()
  if (kept?.settings !== settings) return undefined
  return {
    result: kept.result,
    figures: kept.figures.map((each) => ({ ...each, png: Buffer.from(each.png, 'base64') })),
  }
}

function whole(text: string): KeptCell | undefined {
  try {
    // What the page takes of it is of the types that it should be, whoever made the hash.
    readStudyFile(text, 'the cell')
    const { sha256, ...content } = JSON.parse(text) as KeptCell
    return sha256 === hashOf(content) ? { sha256, ...content } : undefined
  } catch {
    return undefined
  }
}

const hashOf = (content: Omit<KeptCell, 'sha256'>): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex')
