import { expect, test } from 'vitest'
import { runProgram } from './helpers.ts'

/** When the process exits, after it has asked for kernels (milliseconds). */
const MOMENTS = [0, 5, 10, 20, 40, 80]

test('a process may exit while kernels are compiled for its device', async () => {
  const statements = `
const { add, conv2d } = await import('${new URL('../../src/index.ts', import.meta.url).href}')
await underVulkan()
const device = await openDevice()
// A constant that no cache of a driver has seen.
const model = ({ x, w }) => ({ y: [1, 2, 3, 4].reduce((y, scale) => conv2d(add(y, scale + Math.random()), w), x) })
device.compile(model, { x: [1, 8, 40, 40], w: [8, 8, 3, 3] }).catch(() => {})
process.stdout.write(device.info.traits.kind)
setTimeout(() => process.exit(3), Number(process.argv[2]))`
  for (const moment of MOMENTS) {
    const { code, output, errors } = await runProgram(statements, {}, [`${moment}`])
    expect({ code, output }, errors).toEqual({ code: 3, output: expect.stringMatching(/ware$/) })
  }
})
