import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, so that another one can tell whether it still runs. */
export interface ProcessMark {
  /** Name of its machine, for people. */
  readonly host: string
  /** What numbers processes: a machine, or a container of it (8 hexadecimal digits). */
  readonly space: string
  readonly pid: number
  /** When it began, in clock ticks since the machine's start; 0 where the system does not say. */
  readonly began: number
}

/** Hexadecimal digits of a space: enough to tell the machines of a shared folder apart. */
const SPACE_DIGITS = 8

let own: ProcessMark | undefined

/** This process. */
export function ownProcess(): ProcessMark {
  own ??= { host: hostname(), space: ownSpace(), pid: process.pid, began: statusOf(process.pid)?.began ?? 0 }
  return own
}

/**
 * Whether a process has ended, also one that was killed and that nobody has asked about since, or whose number another one has
 * now; undefined for processes of another machine or container, about which this one knows nothing.
 */
export function hasEnded({ space, pid, began }: Pick<ProcessMark, 'space' | 'pid' | 'began'>): boolean | undefined {
  if (space !== ownProcess().space) return undefined
  if (!exists(pid)) return true
  const status = statusOf(pid)
  return status !== undefined && (status.dead || (began !== 0 && status.began !== began))
}

function ownSpace(): string {
  // Numbers of processes are those of a container, and begin anew when the machine is started.
  const parts = [
    hostname(),
    linux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    linux(() => readlinkSync('/proc/self/ns/pid')),
  ]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, SPACE_DIGITS)
}

function exists(pid: number): boolean {
  try {
    // Signal 0 is none: it only asks.
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fields of /proc/PID/stat behind the name (proc_pid_stat(5)): the state, and the time of the start. */
const STATE = 0
const START_TIME = 19

/** What Linux says of a process; undefined on other systems, or where there is none. */
function statusOf(pid: number): { readonly dead: boolean; readonly began: number } | undefined {
  const text = linux(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (text === undefined) return undefined
  // The name is in brackets and may hold any character.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { dead: 'ZX'.includes(fields[STATE] ?? ''), began: Number(fields[START_TIME]) }
}

function linux<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
