import { expect, test } from 'vitest'
import { runProgram } from './helpers.ts'

const CORE = new URL('../../src/index.ts', import.meta.url).href

const statements = `
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
const { add, Variable } = await import('${CORE}')
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')
await underVulkan()
async function opened() {
  using device = await openDevice()
  const bias = new Variable('bias', [1], Float32Array.of(1))
  using program = await device.compile(({ x }) => ({ y: add(x, bias.value) }), { x: [64] })
  await program.run({ x: new Float32Array(64) })
  return [device, device.gpuDevice, program].map((object) => new WeakRef(object))
}
const references = []
for (let i = 0; i < 12; i++) references.push(...(await opened()))
// Dawn's own tasks let go of a device a few turns after it is destroyed.
const held = () => references.filter((reference) => reference.deref() !== undefined).length
for (let turn = 0; turn < 200 && held() > 3; turn++) {
  await new Promise((resolve) => setTimeout(resolve, 10))
  collectGarbage()
}
process.stdout.write(JSON.stringify({ held: held() }), () => process.exit(0))`

test('nothing holds a device that was closed, nor its programs, but for the last', async () => {
  const { output, errors } = await runProgram(statements, {})
  expect(output, errors).not.toBe('')
  expect(JSON.parse(output).held).toBeLessThanOrEqual(3)
}, 120_000)
