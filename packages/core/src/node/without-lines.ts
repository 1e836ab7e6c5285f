import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { ownRequire } from './own-require.ts'
import { temporaryName } from './temporary-names.ts'

const STDERR = 2

/** The calls of the C library that give a file another number; Node has none of them. */
interface Descriptors {
  dup(descriptor: number): number
  dup2(from: number, to: number): number
}

/**
 * Runs synchronous work and leaves out lines that native code writes to the standard error stream meanwhile. All others follow
 * when it is done. Where that cannot be had (Windows, no koffi, no temporary folder) every line is written as it comes.
 */
export function withoutLines<Result>(left: RegExp, work: () => Result): Result {
  const capture = startCapture()
  try {
    return work()
  } finally {
    const lines = capture?.end().split(/(?<=\n)/) ?? []
    const others = lines.filter((line) => !left.test(line)).join('')
    if (others !== '') writeSync(STDERR, others)
  }
}

/** Sends what is written to the standard error stream into a file without a name. */
function startCapture(): { end(): string } | undefined {
  try {
    const { dup, dup2 } = descriptors()
    const path = temporaryName(tmpdir())
    const file = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    const stderr = dup(STDERR)
    if (stderr < 0 || dup2(file, STDERR) < 0) return undefined
    return {
      end: () => {
        dup2(stderr, STDERR)
        closeSync(stderr)
        const written = Buffer.alloc(fstatSync(file).size)
        readSync(file, written, { position: 0 })
        closeSync(file)
        return written.toString()
      },
    }
  } catch {
    return undefined
  }
}

function descriptors(): Descriptors {
  const { load } = ownRequire('koffi') as typeof import('koffi')
  const library = load(null)
  return { dup: library.func('int dup(int)'), dup2: library.func('int dup2(int, int)') }
}
