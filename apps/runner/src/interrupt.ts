import { onClearLine } from './clear-line.ts'
import { EXIT } from './failure.ts'
import { hearFirst, markHeard } from './interruptible.ts'
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

/** One that listens; a command within a command listens too. */
interface Listener extends InterruptOptions {
  readonly output: Pick<Output, 'note'>
  readonly controller: AbortController
  timer?: NodeJS.Timeout
}

/** The innermost last. */
const listeners: Listener[] = []

/**
 * Starts to listen. The innermost listener speaks and keeps; all are aborted. After the first signal nobody listens any more, so
 * that the system ends the process by the second, whatever it is at.
 */
export function listenForInterrupt(output: Pick<Output, 'note'>, options: InterruptOptions): Interrupt {
  const listener: Listener = { ...options, output, controller: new AbortController() }
  listeners.push(listener)
  if (listeners.length === 1 && hearFirst(hear)) process.on('SIGINT', hear).on('SIGTERM', hear)
  return {
    signal: listener.controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(listener.timer)
      listeners.splice(listeners.indexOf(listener), 1)
      if (listeners.length > 0) return
      stopListening()
      hearFirst(undefined)
    },
  }
}

const stopListening = (): void => void process.off('SIGINT', hear).off('SIGTERM', hear)

function hear(): void {
  stopListening()
  markHeard()
  const listener = listeners.at(-1)
  if (listener === undefined) return
  const { word, output, leaving = () => '' } = listener
  if (word !== '') onClearLine(() => output.note(`${word}; once more to leave at once.`))
  listener.timer = setTimeout(() => leave(output, leaving), GRACE)
  for (const { controller } of listeners) controller.abort()
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
