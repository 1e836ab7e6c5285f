import { writeSync } from 'node:fs'
import { resourceUsage } from 'node:process'
import { Worker } from 'node:worker_threads'
import { InputError } from '@noisescope/core'
import { casesOf } from './cases.ts'
import { type Finding, LIMITS, type Order, type Report } from './protocol.ts'
import { targetNamed } from './targets.ts'

/**
 * Reads the cases of an order, one after the other, in a process of its own: one that hangs, crashes or fills the memory ends
 * nothing else. Which case is being read stands in the file descriptor 3, for when this process does not live to tell.
 */

/** A reading that goes on after so many CPU seconds is ended with the process. */
const PATIENCE = 10

/** Cases after which this process says how far it is. */
const TOLD_EVERY = 20

/** Memory of buffers (bytes) that is left behind by earlier cases and must not count for the next. */
const LEFT_BEHIND = 2 ** 27

const { target: name, seed, first, end }: Order = JSON.parse(process.argv[2] ?? '')
const target = targetNamed(name)
const cases = casesOf(target, seed)

/** Sent at once, so that nothing is lost when the process ends. */
const tell = (report: Report): void => void process.send?.(report)

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// Counts the processor's time, not the clock's: on a busy machine the latter says nothing.
const watched = new Int32Array(new SharedArrayBuffer(8))
new Worker(
  `const { workerData: { watched, patience } } = require('node:worker_threads')
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6 }
  let index = -1, since = 0
  setInterval(() => {
    const present = Atomics.load(watched, 0)
    if (present !== index) { index = present; since = spent() }
    else if (spent() - since > patience) process.kill(process.pid, 'SIGKILL')
  }, 200)`,
  { eval: true, workerData: { watched, patience: PATIENCE } },
).unref()

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

/** What a terminal or page could act upon. */
const ACTS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** What is wrong with an error that a reader ended in; nothing where it is a refusal as it should be. */
function wrongWith(error: unknown): string | undefined {
  if (!(error instanceof InputError)) {
    return `ended in ${error instanceof Error ? (error.stack ?? error.message).slice(0, 1500) : String(error)}`
  }
  const { message } = error
  if (ACTS.test(message)) return `its refusal has control characters: ${JSON.stringify(message).slice(0, 300)}`
  if (message.length > 2000 || message.split('\n').length > 10) return `its refusal has ${message.length} characters`
  if (/\[object \w+\]|\bundefined\b/.test(message)) return `its refusal says nothing: ${message.slice(0, 300)}`
  return undefined
}

const done = { accepted: 0, refused: 0, seconds: 0, bytes: 0 }
for (let index = first; index < end; index++) {
  writeSync(3, new Uint8Array(new Uint32Array([index]).buffer), 0, 4, 0)
  Atomics.store(watched, 0, index)
  const { file, bytes } = cases.at(index)
  const finding = (what: string): Finding => ({ target: name, index, file, what })
  if (process.memoryUsage().arrayBuffers > LEFT_BEHIND) globalThis.gc?.()
  const [memory, peak, start] = [process.memoryUsage.rss(), resourceUsage().maxRSS, cpuSeconds()]
  let what: string | undefined
  try {
    await target.read(bytes, 'the file')
    done.accepted++
  } catch (error) {
    done.refused++
    what = wrongWith(error)
  }
  const seconds = cpuSeconds() - start
  // The largest memory so far tells of this case only where this case raised it.
  const highest = resourceUsage().maxRSS
  const grown = highest > peak ? highest * 1024 - memory : 0
  // A promise that nobody waits for tells of its end in a later turn.
  await new Promise((resolve) => setImmediate(resolve))
  const [left] = unhandled.splice(0)
  what ??= left === undefined ? undefined : `left a rejection unhandled: ${String(left)}`
  if (seconds > LIMITS.seconds) what ??= `took ${seconds.toFixed(1)} s of the processor`
  if (grown > LIMITS.bytes) what ??= `took ${Math.round(grown / 2 ** 20)} MiB`
  Object.assign(done, { seconds: Math.max(done.seconds, seconds), bytes: Math.max(done.bytes, grown) })
  // A process whose memory has been this large once could not tell it of a second file.
  const mustEnd = grown > LIMITS.bytes
  if (what !== undefined) tell({ kind: 'finding', finding: finding(what), mustEnd })
  if (mustEnd) break
  if (index % TOLD_EVERY === 0) tell({ kind: 'summary', summary: done, isDone: false })
}
tell({ kind: 'summary', summary: done, isDone: true })
process.disconnect?.()
