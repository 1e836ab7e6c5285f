import { EXIT } from './failure.ts'

/** Listens for Ctrl-C (SIGINT) and SIGTERM until disposed. */
export interface Interrupt extends Disposable {
  /** Aborted by the first signal; the second ends the process at once. */
  readonly signal: AbortSignal
}

/** Starts to listen; `onFirst` tells the user that the first signal was heard. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  const hear = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    controller.abort()
    onFirst()
  }
  process.on('SIGINT', hear).on('SIGTERM', hear)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => void process.off('SIGINT', hear).off('SIGTERM', hear),
  }
}
