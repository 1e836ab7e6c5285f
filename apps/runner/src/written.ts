import type { Writable } from 'node:stream'

/** Waits until all that was written to a stream has left it, or failed to. */
export const written = (stream: Writable): Promise<void> => new Promise((resolve) => stream.write('', () => resolve()))
