import { releaseLocks } from '@noisescope/core/node'

/**
 * Ends the process at once with an exit code. `process.exit` would run the exit handlers and take down the graphics driver, which
 * waits for the work that was given to it: minutes on a software adapter. Replacing the process by a shell that exits leaves
 * that to the operating system.
 */
export function leaveNow(code: number): never {
  releaseLocks()
  try {
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {})
  } catch {
    // No such shell: the next line ends the process too, only its exit code is then a signal's.
  }
  process.kill(process.pid, 'SIGKILL')
  return process.exit(code)
}
