import type { Trace, TraceExplanation, TraceFrame, TraceTarget } from '@noisescope/explain/trace'
import type { Method, Question, TargetQuestion } from './source.ts'

export const PIXEL_FILTER = 'pixel-filter'
const PIXEL_FILTER_GRID = 'pixel-filter-grid'

/** The methods that any frame of a trace has, in their order; a grid of pixel filters answers for the pixel filter too. */
export function recordedMethods({ frames }: Trace): Method[] {
  const titles = new Map<string, string>()
  for (const { explanations } of frames) {
    for (const { method, title } of explanations) titles.set(method, titles.get(method) ?? title)
  }
  if (titles.has(PIXEL_FILTER_GRID) && !titles.has(PIXEL_FILTER)) titles.set(PIXEL_FILTER, 'Pixel filter')
  return Array.from(titles, ([name, title]) => ({ name, title }))
}

/** The recorded explanation of a target, or the pixel filter that a recorded grid has nearest to it. */
export async function recordedAnswer(frame: TraceFrame, question: Question): Promise<TraceExplanation | undefined> {
  const { method, target, of } = question
  const exact = frame.explanations.find((each) => each.method === method && asks(each.target, target, of))
  if (exact !== undefined || method !== PIXEL_FILTER || target.kind === 'channel') return exact
  if (!frame.explanations.some(({ method }) => method === PIXEL_FILTER_GRID)) return undefined
  // Few recordings hold a grid of pixel filters, so its reader is loaded when one does.
  const { filterFromGrid } = await import('./recorded-grid.ts')
  return filterFromGrid(frame, target, of)
}

/** Whether a recorded target is the one that is asked about. */
export function asks({ kind, of: recorded, numbers, masks }: TraceTarget, asked: TargetQuestion, of: string): boolean {
  if (kind !== asked.kind) return false
  if (asked.kind === 'channel') {
    return (
      recorded === asked.layer && numbers.channel === asked.channel && numbers.x === asked.x && numbers.y === asked.y
    )
  }
  if (recorded !== of) return false
  if (asked.kind === 'pixel') return numbers.channel === undefined && numbers.x === asked.x && numbers.y === asked.y
  const [mask] = masks ?? []
  return mask !== undefined && sameValues(mask.data, asked.mask)
}

const sameValues = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])
