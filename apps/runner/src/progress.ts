import { shown } from '@noisescope/core'
import { Presets, SingleBar } from 'cli-progress'
import { listenForInterrupt } from './interrupt.ts'
import { isListening } from './interruptible.ts'

/** Milliseconds between the lines that stand for the bar where stderr is no terminal. */
const LINE_EVERY = 5_000

/** A bar on stderr; where that is no terminal, a line every few seconds. */
export interface Progress extends Disposable {
  /** What is done, what the format names in braces, and the total where it is known better now. */
  update(done: number, values?: Readonly<Record<string, string>>, total?: number): void
  /** Shows at once what was told last, before work that does not come back to the event loop for long. */
  show(): void
}

/** What is done already, and the first values of what the format names. */
export interface StartingPoint {
  readonly done?: number
  readonly values?: Readonly<Record<string, string>>
}

/**
 * Starts a progress bar. Where no command listens for Ctrl-C, that ends the process with a word.
 * @param format text with `{bar}`, `{value}`, `{total}` and names in braces that `values` must give.
 */
export function startProgress(format: string, total: number, { done = 0, values = {} }: StartingPoint = {}): Progress {
  const isTerminal = process.stderr.isTTY === true
  const bar = new SingleBar(
    {
      format: isTerminal ? format : format.replace('{bar} ', ''),
      barsize: 24,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: LINE_EVERY,
      emptyOnZero: true,
    },
    Presets.shades_classic,
  )
  const output = { note: (text: string) => void process.stderr.write(`${text}\n`) }
  const interrupt = isListening()
    ? undefined
    : listenForInterrupt(output, { word: 'Stopping', leaving: () => 'stopped' })
  bar.start(total, done, printableValues(values))
  return {
    update: (done, changed = {}, total) => {
      if (total !== undefined) bar.setTotal(total)
      bar.update(done, printableValues(changed))
    },
    show: () => bar.render(),
    [Symbol.dispose]: () => {
      bar.stop()
      interrupt?.[Symbol.dispose]()
    },
  }
}

/** Names of files are among them. */
const printableValues = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]))

/** Seconds as people read them: 8 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown'
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
