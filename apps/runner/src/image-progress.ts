import { onClearLine } from './clear-line.ts'
import type { Output } from './output.ts'
import { duration, type Progress, startProgress } from './progress.ts'

/** The progress of work on images, one after another. */
export interface ImageProgress extends Disposable {
  /** Work on the next image begins. */
  begin(name: string): void
  /** Shows at once what was told last. */
  show(): void
  /** Tiles of this image that are done, of how many. */
  tile(done: number, total: number): void
  /** The image is done with, well or not. */
  end(): void
  /** An output whose lines stand above the bar. */
  above(output: Output): Output
}

/**
 * Starts a bar for so many images, that shows the tiles of one large image too, and how long the rest will take. That of a
 * single image begins with its first tile: it may be none.
 */
export function startImageProgress(count: number): ImageProgress {
  const started = performance.now()
  const values = { done: '0', at: '', left: 'unknown' }
  const format = `{bar} {done}/${count} images{at}, {left} left`
  let bar: Progress | undefined = count > 1 ? startProgress(format, count, { values }) : undefined
  let done = 0
  let image = ''
  const show = (share: number, changed: Readonly<Record<string, string>>): void => {
    const finished = done + share
    const seconds = ((performance.now() - started) / 1000 / finished) * (count - finished)
    bar?.update(finished, { done: String(done), left: duration(seconds), ...changed })
  }
  return {
    begin: (name) => {
      image = name
      show(0, { at: `, ${image}` })
    },
    tile: (part, total) => {
      bar ??= startProgress(format, count, { values })
      show(part / total, { at: total > 1 ? `, ${image}: tile ${part}/${total}` : `, ${image}` })
    },
    show: () => bar?.show(),
    end: () => {
      done++
      show(0, {})
    },
    above: (output) => ({
      line: (text) => onClearLine(() => output.line(text)),
      note: (text) => onClearLine(() => output.note(text)),
      result: (value) => output.result(value),
    }),
    [Symbol.dispose]: () => bar?.[Symbol.dispose](),
  }
}
