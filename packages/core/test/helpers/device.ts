import { afterAll } from 'vitest'
import type { Device } from '../../src/index.ts'
import { openDevice } from '../../src/node/index.ts'

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
