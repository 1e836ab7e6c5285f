import type { Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { expect, test, vi } from 'vitest'
import { leaseDevice } from '../../src/live-engine/index.ts'
import { PATIENCE } from '../helpers/eventually.ts'
import { never, openSource, small, square } from './helpers.ts'

const noise = { kind: 'gaussian', sd: 0.1 } as const
const pixelFilter = { method: 'pixel-filter', target: { kind: 'pixel', x: 3, y: 4 }, of: 'denoised' } as const

/** Opens devices and remembers them. */
function watched() {
  const devices: Device[] = []
  const open = async (): Promise<Device> => {
    const device = await openDevice()
    devices.push(device)
    return device
  }
  return { devices, open }
}

test('sources share one device, which is closed with the last of them', async () => {
  const { devices, open } = watched()
  const first = await openSource({ weights: small, image: square(20, 17), noise, open })
  const second = await openSource({ weights: small, image: square(12, 9), noise, open })
  expect(devices).toHaveLength(1)
  const [device] = devices as [Device]
  const both = device.bytes
  first.dispose()
  await vi.waitFor(() => expect(device.bytes).toBeLessThan(both), PATIENCE)
  await second.explain(pixelFilter, never)
  second.dispose()
  expect((await device.gpuDevice.lost).reason).toBe('destroyed')
  expect(device.bytes).toBe(0)
})

test('a source that is disposed gives up what is under way and takes no more', async () => {
  const source = await openSource({ weights: small, image: square(20, 17), noise })
  const explanation = source.explain({ ...pixelFilter, method: 'smoothgrad' }, never)
  source.dispose()
  source.dispose()
  await expect(explanation).rejects.toMatchObject({ name: 'AbortError' })
  await expect(source.explain(pixelFilter, never)).rejects.toMatchObject({ name: 'AbortError' })
  await expect(source.controls.setNoise(noise, never)).rejects.toMatchObject({ name: 'AbortError' })
})

test('when the device is lost, what is under way says so, every source fires error, and the next request has another', async () => {
  const { devices, open } = watched()
  const source = await openSource({ weights: small, image: square(20, 17), noise, open })
  const other = await openSource({ weights: small, image: square(20, 17), noise, open })
  const errors: string[] = []
  for (const each of [source, other]) {
    each.addEventListener('error', (event) => errors.push((event as CustomEvent<Error>).detail.name))
  }
  const before = source.trace
  const explanation = source.explain({ ...pixelFilter, method: 'smoothgrad' }, never)
  setTimeout(() => devices[0]?.gpuDevice.destroy())
  await expect(explanation).rejects.toMatchObject({ name: 'DeviceLostError' })
  await vi.waitFor(() => expect(errors).toEqual(['DeviceLostError', 'DeviceLostError']), PATIENCE)
  expect(source.trace).toBe(before)

  const filter = await source.explain(pixelFilter, never)
  expect(devices).toHaveLength(2)
  expect(filter.completeness?.relative).toBeLessThan(1e-4)
  await other.controls.setNoise({ ...noise, sd: 0.1 }, never)
  expect(devices).toHaveLength(2)
  expect(other.trace.frames[0].denoised?.data).toEqual(before.frames[0].denoised?.data)
})

test('a change that the loss interrupted is shown once the source is recovered', async () => {
  const { devices, open } = watched()
  const source = await openSource({ weights: small, image: square(20, 17), noise, open })
  devices[0]?.gpuDevice.destroy()
  const change = source.controls.setNoise({ ...noise, sd: 0.3 }, never)
  await change.catch((error) => expect(error).toMatchObject({ name: 'DeviceLostError' }))
  await source.recover(never)
  expect(source.trace.source.sigma).toBe(0.3)
  expect(devices).toHaveLength(2)
})

test('a device that could not be opened is asked for again', async () => {
  let times = 0
  const open = async (): Promise<Device> => {
    if (++times === 1) throw new Error('no adapter yet')
    return openDevice()
  }
  using lease = leaseDevice(() => {}, open)
  await expect(lease.device()).rejects.toThrow('no adapter yet')
  expect(await lease.device()).toBe(await lease.device())
  expect(times).toBe(2)
})
