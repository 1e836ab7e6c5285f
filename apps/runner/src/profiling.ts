import { type Device, measureCeilings, type Profile, Profiler, profileOf } from '@noisescope/core'
import type { Command } from 'commander'
import type { Output } from './output.ts'
import { profileLines } from './profile-lines.ts'

/** Flag of commands whose kernels can be timed. */
export interface ProfileFlag {
  readonly profile?: boolean
}

export const addProfileFlag = (command: Command): Command =>
  command.option('--profile', 'time every kernel and say where the time goes: a table; all of it with --json')

/** Times what runs on the device from now on, if `--profile` asks for that. */
export function startProfiling(device: Device, { profile = false }: ProfileFlag): void {
  if (profile) device.profiler = new Profiler(device)
}

/**
 * Ends the timing and says where the time went, compared with what the adapter can do, which is measured now.
 * @returns the part of the command's result that is the profile: none where none was asked for.
 */
export async function endProfiling(
  device: Device,
  { profile: isAsked = false }: ProfileFlag,
  output: Output,
): Promise<{ readonly profile?: Profile }> {
  if (!isAsked) return {}
  const { profiler } = device
  if (profiler === undefined) {
    output.note('No profile: the device that was timed is lost.')
    return {}
  }
  device.profiler = undefined
  const times = await profiler.times()
  const profile = profileOf(times, { method: profiler.method, ceilings: await measureCeilings(device) })
  for (const line of profileLines(profile)) output.line(line)
  return { profile }
}
