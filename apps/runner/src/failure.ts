import { InputError, inOneLine, NoisescopeError, printable } from '@noisescope/core'
import { CommanderError } from 'commander'

/** How a command ends, for scripts that call it. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const

/** The user stopped the command; the message says what was kept and how to go on. */
export class InterruptedError extends NoisescopeError {
  override name = 'InterruptedError'
}

/** The exit code that belongs to an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput
  if (error instanceof InterruptedError) return EXIT.interrupted
  return error instanceof InputError ? EXIT.badInput : EXIT.failed
}

/** An error in one line; what is wrong with an input may be a list of lines. */
export function messageOf(error: unknown): string {
  if (error instanceof InputError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  return printable(inOneLine(message.replaceAll(/\s*\n\s*/g, ' ')).trim(), { characters: 2000 })
}
