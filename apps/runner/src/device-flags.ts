import type { Device, StorageFormat } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { type Command, Option } from 'commander'

/** Flags of commands that say how their device computes. */
export interface DeviceFlags {
  readonly storage?: StorageFormat
  /** False where the flag forbids Winograd's algorithms. */
  readonly winograd?: boolean
}

export const addWinogradFlag = (command: Command): Command =>
  command.addOption(
    new Option('--no-winograd', "never compute convolutions by Winograd's algorithms, which sum in another order"),
  )

export const addDeviceFlags = (command: Command): Command =>
  addWinogradFlag(
    command.addOption(
      new Option(
        '--storage <format>',
        'how values between layers lie in memory: f16 takes half of it, for errors in the fourth digit; needs shader-f16',
      )
        .choices(['f32', 'f16'] satisfies StorageFormat[])
        .default(undefined, 'f32'),
    ),
  )

/** What opens the device that the flags ask for, and throws an AdapterError where it cannot store f16. */
export const deviceFor =
  ({ storage = 'f32', winograd = true }: DeviceFlags): (() => Promise<Device>) =>
  () =>
    openDevice({ storage, winograd })

/** What results depend on, besides other settings, by the names of the flags; without what is usual. */
export interface UnusualDevice {
  readonly storage?: 'f16'
  readonly 'no-winograd'?: true
}

export const unusualDevice = ({ storage, winograd }: DeviceFlags): UnusualDevice => ({
  ...(storage === 'f16' && { storage }),
  ...(winograd === false && { 'no-winograd': true }),
})
