import { setImmediate as nextTurn } from 'node:timers/promises'
import { createContext, Script } from 'node:vm'
import { InterruptedError } from './failure.ts'

/** Who is to hear of Ctrl-C while work does not come back to the event loop; undefined where the system ends the process. */
let hear: (() => void) | undefined
/** The first signal has come: the second belongs to the system. */
let wasHeard = false

/** Whether somebody is to hear of Ctrl-C, or has heard of it. */
export const isListening = (): boolean => wasHeard || hear !== undefined

/** Names who is to hear of the first Ctrl-C. @returns whether it is still to come. */
export function hearFirst(hearer: (() => void) | undefined): boolean {
  if (!wasHeard) hear = hearer
  return !wasHeard
}

/** Called when the first signal is heard. */
export function markHeard(): void {
  wasHeard = true
  hear = undefined
}

/** Made once, so that nearly nothing lies between the last look at signals and the work. */
const context = createContext({ work: undefined })
const script = new Script('work()')

/**
 * Runs work that keeps the process busy for seconds without a pause, such as a filter or an encoder: Ctrl-C breaks it off, where
 * signals are otherwise only heard between turns of the event loop. Where nobody listens the system ends the process anyway.
 * @throws InterruptedError when it was broken off, or Ctrl-C was heard before; what the work throws.
 */
export async function interruptible<Result>(work: () => Result): Promise<Result> {
  if (!isListening()) return work()
  await nextTurn()
  if (wasHeard) throw new InterruptedError('stopped')
  context.work = work
  try {
    return script.runInContext(context, { breakOnSigint: true, displayErrors: false }) as Result
  } catch (error) {
    // It is of the other context: no instance of this one's Error.
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error
    hear?.()
    throw new InterruptedError('stopped')
  } finally {
    context.work = undefined
  }
}
