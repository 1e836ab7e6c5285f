import type { Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { afterAll } from 'vitest'

let device: Promise<Device> | undefined

/** The device that the tests of one file share. */
export function testDevice(): Promise<Device> {
  device ??= openDevice()
  return device
}

afterAll(async () => {
  ;(await device)?.[Symbol.dispose]()
  device = undefined
})
