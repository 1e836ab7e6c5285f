import { afterAll } from 'vitest'
import { environment } from '#environment'
import type { Device } from '../../src/index.ts'

let device: Promise<Device> | undefined

/** The device that the tests of one file share. */
export function testDevice(): Promise<Device> {
  device ??= environment.openDevice()
  return device
}

afterAll(async () => {
  ;(await device)?.[Symbol.dispose]()
  device = undefined
})
