import { EXIT } from './failure.ts'
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
export function listenForInterrupt(output: Output, { word, leaving = () => '' }: InterruptOptions): Interrupt {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => void process.off('SIGINT', hear).off('SIGTERM', hear)
  const hear = (): void => {
    stop()
    if (word !== '') output.note(`${word}; once more to leave at once.`)
    timer = setTimeout(() => leave(output, leaving), GRACE)
    controller.abort()
  }
  process.on('SIGINT', hear).on('SIGTERM', hear)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stop()
    },
  }
}

async function leave(output: Output, leaving: NonNullable<InterruptOptions['leaving']>): Promise<never> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('stopped; what was done last could not be kept in time'), PATIENCE)
  })
  const kept = Promise.resolve()
    .then(leaving)
    .catch((error: unknown) => `stopped; what was done last could not be kept (${String(error)})`)
  const said = await Promise.race([kept, late])
  if (said !== '') output.note(said)
  await Promise.all([written(process.stdout), written(process.stderr)])
  return leaveNow(EXIT.interrupted)
}
