import { expect, test } from 'vitest'
import { runProgram } from './helpers.ts'

const CORE = new URL('../../src/index.ts', import.meta.url).href

/**
 * Under SwiftShader, which says that an allocation failed; lavapipe maps a file without looking, and crashes.
 * What the process may still take is limited when everything else has its memory.
 */
const statements = `
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
const { add, conv2d, relu, Variable } = await import('${CORE}')
await underVulkan()
const device = await openDevice()
const weights = new Variable('weights', [16, 1, 3, 3], new Float32Array(144).fill(0.1))
const denoised = async (size, layers) => {
  using program = await device.compile(
    ({ x }) => ({ x, ...Object.fromEntries(Array.from({ length: layers }, (_, i) =>
      ['y' + i, relu(conv2d(add(x, i), weights.value, { padding: 1 }))])) }),
    { x: [1, 1, size, size] },
  )
  const { y0 } = await program.run({ x: new Float32Array(size ** 2).fill(1) }, { read: ['y0'] })
  return y0[size + 1].toFixed(3)
}
const values = new Float32Array(60 * 2 ** 20)
const large = new Variable('large', [60, 2 ** 20], values)
const attempts = [await denoised(40, 8)]
const taken = Number(/VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (taken + 200 * 2 ** 20)])
const attempt = async (what) => attempts.push(await what().catch((error) => error.name))
// 8 x 16 x 900 x 900 float32 are 415 MB.
await attempt(() => denoised(900, 8))
await attempt(() => denoised(48, 8))
await attempt(() => denoised(900, 8))
await attempt(async () => {
  device.write(large, values)
  await device.idle()
})
await attempt(() => denoised(56, 8))
const x = new Variable('x', [2], Float32Array.of(1, 2))
await attempt(async () => (await device.read([x]))[0].join())
process.stdout.write(JSON.stringify({ attempts, isUsable: device.isUsable }), () => process.exit(0))`

test.runIf(process.platform === 'linux')(
  'memory that runs out is said of what there was no room for, and the device computes on',
  async () => {
    const { output, errors } = await runProgram(statements, { NOISESCOPE_VULKAN: 'swiftshader' })
    expect(output, errors).not.toBe('')
    const right = '0.900'
    expect(JSON.parse(output)).toEqual({
      attempts: [right, 'OutOfMemoryError', right, 'OutOfMemoryError', 'OutOfMemoryError', right, '1,2'],
      isUsable: true,
    })
  },
  300_000,
)
