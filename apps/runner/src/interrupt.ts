import { onClearLine } from './clear-line.ts'
import { EXIT } from './failure.ts'
import { markHeard, setHearer } from './interruptible.ts'
import { leaveNow } from './leave.ts'
import type { Output } from './output.ts'
import { written } from './written.ts'

/**
 * Milliseconds that a command has to end by itself, with the step or tile in flight; then it is left as it is, so that within a
 * second of Ctrl-C it has ended.
 */
const GRACE = 300
/** Milliseconds for keeping what is to be kept, on a disk that is slow. */
const PATIENCE = 5_000

/** Shows the cursor and wraps lines again, which a progress bar has turned off. */
const TERMINAL_AS_IT_WAS = '\u001b[?25h\u001b[?7h'

/** Listens for Ctrl-C (SIGINT) and SIGTERM until disposed. */
export interface Interrupt extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
}

export interface InterruptOptions {
  /** Said at once. */
  readonly word: string
  /**
   * Keeps what is to be kept when the work in flight does not end in time, and says what that is; nothing else is done with the
   * device then, whose work can take minutes more.
   */
  readonly leaving?: () => string | Promise<string>
}

/**
 * Starts to listen. After the first signal nobody listens any more, so that the system ends the process by the second, whatever
 * it is at.
 */
export function listenForInterrupt(
  output: Pick<Output, 'note'>,
  { word, leaving = () => '' }: InterruptOptions,
): Interrupt {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => void process.off('SIGINT', hear).off('SIGTERM', hear)
  const hear = (): void => {
    if (controller.signal.aborted) return
    stop()
    markHeard()
    if (word !== '') onClearLine(() => output.note(`${word}; once more to leave at once.`))
    timer = setTimeout(() => leave(output, leaving), GRACE)
    controller.abort()
  }
  process.on('SIGINT', hear).on('SIGTERM', hear)
  const before = setHearer(hear)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stop()
      setHearer(before)
    },
  }
}

async function leave(output: Pick<Output, 'note'>, leaving: NonNullable<InterruptOptions['leaving']>): Promise<never> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('stopped; what was done last could not be kept in time'), PATIENCE)
  })
  const kept = Promise.resolve()
    .then(leaving)
    .catch((error: unknown) => `stopped; what was done last could not be kept (${String(error)})`)
  const said = await Promise.race([kept, late])
  if (said !== '') onClearLine(() => output.note(said))
  if (process.stderr.isTTY) process.stderr.write(TERMINAL_AS_IT_WAS)
  await Promise.all([written(process.stdout), written(process.stderr)])
  return leaveNow(EXIT.interrupted)
}
