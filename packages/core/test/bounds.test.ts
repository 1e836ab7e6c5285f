import { expect, it, vi } from 'vitest'
import { environment } from '#environment'
import { add, assign, conv2d, gradients, mul, reshape, sub, sum, Variable } from '../src/index.ts'

/** Pipelines that no program uses any more and that may be kept. */
const MOST_UNUSED = 128
/** Free staging buffers may always take these bytes. */
const ALWAYS_KEPT = 16 * 2 ** 20

const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => (i % 17) - 8)

it('a training holds memory flat over 1,000 steps', async () => {
  using device = await environment.openDevice()
  const weight = new Variable('flat', [4, 4, 3, 3], ramp(144))
  using program = await device.compile(
    ({ x }) => {
      const loss = reshape(sum(conv2d(x, weight.value)), [])
      const [gradient = loss] = gradients(loss, [weight.value])
      assign(weight, sub(weight.value, mul(1e-6, gradient)))
      return { loss }
    },
    { x: [1, 4, 6, 6] },
  )
  const x = ramp(144)
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) await program.run({ x })
  }
  await steps(200)
  const bytes = device.bytes
  const created = vi.spyOn(device.gpuDevice, 'createBuffer')
  await steps(1000)
  expect(device.bytes).toBe(bytes)
  expect(created).not.toHaveBeenCalled()
  created.mockRestore()
})

it('kernels and read buffers of images of 150 sizes are not kept', async () => {
  using device = await environment.openDevice()
  const bias = new Variable('bias', [1], Float32Array.of(1))
  using lasting = await device.compile(({ x }) => ({ y: add(x, 2) }), { x: [5] })
  const sizes = Array.from({ length: 150 }, (_, i) => 2 ** 16 + 4 * i)
  for (const size of sizes) {
    using program = await device.compile(({ x }) => ({ y: add(x, bias.value) }), { x: [size] })
    const { y } = await program.run({ x: new Float32Array(size).fill(size) })
    expect(y[size - 1]).toBe(size + 1)
  }
  expect(device.pipelines.size).toBeLessThanOrEqual(MOST_UNUSED + 1)
  expect(device.staging.bytes).toBeLessThanOrEqual(ALWAYS_KEPT)
  expect(device.bytes).toBeLessThan(2 ** 12)
  // What a program uses is held, however long ago it was compiled.
  const created = device.pipelines.size
  using again = await device.compile(({ x }) => ({ y: add(x, 2) }), { x: [5] })
  expect(device.pipelines.size).toBe(created)
  expect([...(await again.run({ x: new Float32Array(5) })).y]).toEqual([2, 2, 2, 2, 2])
  expect([...(await lasting.run({ x: new Float32Array(5) })).y]).toEqual([2, 2, 2, 2, 2])
})

it('as many bytes of read buffers are kept as were read at once', async () => {
  using device = await environment.openDevice()
  const large = 8 * 2 ** 20
  using program = await device.compile(({ x }) => ({ y: add(x, 1) }), { x: [large] })
  const x = new Float32Array(large)
  for (let i = 0; i < 3; i++) await program.run({ x })
  expect(device.staging.bytes).toBe(4 * large)
  using smaller = await device.compile(({ x }) => ({ y: add(x, 1) }), { x: [large - 4] })
  await smaller.run({ x: new Float32Array(large - 4) })
  expect(device.staging.bytes).toBeLessThanOrEqual(4 * large)
})
