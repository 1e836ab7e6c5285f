import { expect, test } from 'vitest'
import { copyKernel, measureCeilings, multiplyAdds } from '../src/profile/ceilings.ts'
import { testDevice } from './helpers/device.ts'

test('the ceilings of an adapter are rates by the clock that is given', async () => {
  const device = await testDevice()
  let readings = 0
  const { operationsPerSecond, copyBytesPerSecond } = await measureCeilings(device, {
    seconds: 0.001,
    clock: () => readings++,
  })
  // One second passes between two readings of this clock, so that rates are what one timed run does: whole turns.
  expect(operationsPerSecond % (2 * 4 * 2 ** 18)).toBe(0)
  expect(operationsPerSecond).toBeGreaterThan(0)
  expect(copyBytesPerSecond % (2 * Math.min(2 ** 27, device.info.limits.maxStorageBufferBindingSize))).toBe(0)
  expect(copyBytesPerSecond).toBeGreaterThan(0)
})

test('each multiply-add of the kernel is counted: as many sums in a turn as it has chains, eight times', () => {
  for (const chains of [2, 4, 8]) {
    const { wgsl } = multiplyAdds(chains)
    expect(wgsl.match(/\* factor \+ addend;/g)?.length).toBe(8 * chains)
  }
})

test('the copy moves every vector of its source once', () => {
  const { wgsl, workgroups } = copyKernel(2 ** 27)
  expect(wgsl).toContain(`if (id < ${2 ** 23}u)`)
  expect(workgroups[0] * workgroups[1] * 64).toBeGreaterThanOrEqual(2 ** 23)
})
