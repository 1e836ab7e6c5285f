import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { casesOf } from './cases.ts'
import type { Finding, Order, Report, Summary } from './protocol.ts'
import type { Target } from './targets.ts'

const READER = fileURLToPath(new URL('reader-process.ts', import.meta.url))

/** What came of a target's cases. */
export interface Outcome extends Summary {
  readonly cases: number
  readonly findings: readonly Finding[]
}

/**
 * Reads a target's corpus and so many mutations of it, in processes of their own: one that does not live is told of, and the next
 * goes on behind its case.
 */
export async function runTarget(target: Target, mutations: number, seed: number): Promise<Outcome> {
  const { corpus } = casesOf(target, seed)
  if (corpus === 0) return { cases: 0, findings: [], accepted: 0, refused: 0, seconds: 0, bytes: 0 }
  const end = corpus + mutations
  const findings: Finding[] = []
  const sum = { accepted: 0, refused: 0, seconds: 0, bytes: 0 }
  for (let first = 0; first < end; ) {
    const { reports, last, ending } = await read({ target: target.name, seed, first, end })
    const own = reports.flatMap((report) => (report.kind === 'finding' ? [report.finding] : []))
    const told = reports.findLast((report) => report.kind === 'summary')
    findings.push(...own)
    if (!told?.isDone) {
      const { file } = casesOf(target, seed).at(last)
      findings.push({ target: target.name, index: last, file, what: `ended the process (${ending})` })
    }
    sum.accepted += told?.summary.accepted ?? 0
    sum.refused += told?.summary.refused ?? 0
    sum.seconds = Math.max(sum.seconds, told?.summary.seconds ?? 0)
    sum.bytes = Math.max(sum.bytes, told?.summary.bytes ?? 0)
    const wasLast = told?.isDone && !reports.some((report) => report.kind === 'finding' && report.mustEnd)
    first = wasLast ? end : last + 1
  }
  return { cases: end, findings, ...sum }
}

async function read(order: Order): Promise<{ reports: readonly Report[]; last: number; ending: string }> {
  const path = join(tmpdir(), `noisescope-fuzz-${process.pid}-${order.target}`)
  const place = openSync(path, 'w+')
  try {
    const child = fork(READER, [JSON.stringify(order)], {
      execArgv: ['--expose-gc', '--max-old-space-size=1024'],
      stdio: ['ignore', 'ignore', 'pipe', place, 'ipc'],
    })
    const reports: Report[] = []
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000)
    })
    child.on('message', (report: Report) => reports.push(report))
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    const last = new Uint32Array(1)
    readSync(place, new Uint8Array(last.buffer), 0, 4, 0)
    const ending = signal === 'SIGKILL' ? 'no end in sight' : `${signal ?? code} ${errors.trim()}`
    return { reports, last: last[0] ?? 0, ending }
  } finally {
    closeSync(place)
    rmSync(path, { force: true })
  }
}
