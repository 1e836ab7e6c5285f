import { EXIT } from './failure.ts'

/**
 * Decides what becomes of a command whose output cannot be written. A reader that has left, as `head` does, ends no work, whose
 * results are files; anything else, such as a full disk behind `>`, ends it with a message.
 */
export function listenForOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return
      process.stderr.write(`error: the output cannot be written (${error.message})\n`)
      process.exit(EXIT.failed)
    })
  }
}
