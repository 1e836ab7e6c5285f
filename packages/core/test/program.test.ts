import { describe, expect, it, vi } from 'vitest'
import { environment } from '#environment'
import {
  add,
  assign,
  concat,
  conv2d,
  DeviceLostError,
  fill,
  gradients,
  InputError,
  inLayer,
  keyFrom,
  matmul,
  memoryTable,
  mul,
  OutOfMemoryError,
  openDevice as openAnywhere,
  randomBits,
  randomBitsTensor,
  relu,
  reshape,
  ShapeError,
  sub,
  sum,
  type Tensor,
  tune,
  Variable,
  zeroVariable,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'

const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => (i % 17) - 8)

describe('a program', () => {
  it('returns any intermediate as a tap beside the result', async () => {
    const device = await testDevice()
    using program = await device.compile(
      ({ x }) => {
        const inner = mul(x, 2)
        return { inner, outer: relu(add(inner, 1)) }
      },
      { x: [1, 1, 3, 5] },
      { poison: true },
    )
    const x = ramp(15)
    const { inner, outer } = await program.run({ x })
    expect([...inner]).toEqual([...x].map((value) => 2 * value))
    expect([...outer]).toEqual([...x].map((value) => Math.max(2 * value + 1, 0)))
  })

  it('runs bias and activation inside the convolution, and an optimiser inside the reduction of its gradient', async () => {
    const device = await testDevice()
    const weight = new Variable('w', [4, 1, 3, 3], ramp(36))
    const bias = zeroVariable('b', [4])
    using program = await device.compile(
      ({ x }) => {
        const y = relu(add(conv2d(x, weight.value, { padding: 'same' }), reshape(bias.value, [1, 4, 1, 1])))
        const loss = reshape(sum(y), [])
        const [gradient = loss] = gradients(loss, [bias.value])
        assign(bias, sub(bias.value, mul(0.1, gradient)))
        return { loss }
      },
      { x: [2, 1, 8, 8] },
    )
    const elementwise = program.kernels.filter(
      ({ name }) => name.startsWith('elementwise') && !name.endsWith('1x1x1x1'),
    )
    expect(elementwise.map(({ name }) => name)).toEqual([])
  })

  it('lets reads see the old value of a variable that it assigns, and keeps the new one for the next run', async () => {
    const device = await testDevice()
    const counter = new Variable('counter', [3], Float32Array.of(1, 2, 3))
    using program = await device.compile(
      ({ step }) => {
        assign(counter, add(counter.value, step))
        return { before: counter.value }
      },
      { step: [] },
    )
    expect([...(await program.run({ step: Float32Array.of(10) })).before]).toEqual([1, 2, 3])
    expect([...(await program.run({ step: Float32Array.of(10) })).before]).toEqual([11, 12, 13])
    expect((await device.read([counter])).map((values) => [...values])).toEqual([[21, 22, 23]])
  })

  it('makes the initial values of a variable once, when a program first needs them, and not where others were written', async () => {
    const device = await testDevice()
    const draw = vi.fn(() => ramp(3))
    const [drawn, written] = [
      new Variable('drawn', [3], draw),
      new Variable('written', [3], () => expect.fail('was drawn')),
    ]
    device.write(written, Float32Array.of(1, 2, 3))
    expect(draw).not.toHaveBeenCalled()
    using program = await device.compile(() => ({ y: add(drawn.value, written.value) }), {})
    using again = await device.compile(() => ({ y: drawn.value }), {})
    const values = [...ramp(3)]
    expect([...(await program.run({})).y]).toEqual(values.map((value, i) => value + i + 1))
    expect([...(await again.run({})).y]).toEqual(values)
    expect(draw).toHaveBeenCalledOnce()
    expect(() => new Variable('short', [4], draw).initial).toThrow(ShapeError)
  })

  it('swaps two variables, and stores a value whose computation reads the variable at other positions', async () => {
    const device = await testDevice()
    const a = new Variable('a', [2, 2], Float32Array.of(1, 2, 3, 4))
    const b = new Variable('b', [2, 2], Float32Array.of(5, 6, 7, 8))
    const c = new Variable('c', [2, 2], Float32Array.of(0, 1, 1, 0))
    using program = await device.compile(() => {
      assign(a, b.value)
      assign(b, a.value)
      assign(c, matmul(c.value, add(a.value, c.value)))
      return {}
    }, {})
    await program.run({})
    expect((await device.read([a, b, c])).map((values) => [...values])).toEqual([
      [5, 6, 7, 8],
      [1, 2, 3, 4],
      [4, 4, 1, 3],
    ])
  })

  it('takes one tensor twice in a kernel, and reads a convolution input again behind it', async () => {
    const device = await testDevice()
    const identity = new Variable('identity', [1, 1, 1, 1], Float32Array.of(1))
    using program = await device.compile(
      ({ x }) => ({ twice: concat([x, x], 1), square: matmul(x, x), residual: sub(x, conv2d(x, identity.value)) }),
      { x: [1, 1, 4, 4] },
      { poison: true },
    )
    const x = ramp(16)
    const { twice, square, residual } = await program.run({ x })
    expect([...twice]).toEqual([...x, ...x])
    expect([...residual]).toEqual(Array(16).fill(0))
    expect(square[0]).toBe([0, 1, 2, 3].reduce((total, k) => total + (x[k] ?? 0) * (x[4 * k] ?? 0), 0))
  })

  it('gives constants, inputs and u32 words as outputs', async () => {
    const device = await testDevice()
    using program = await device.compile(
      ({ x, key }) => ({ x, three: fill(3, [2]), bits: randomBitsTensor(key, [10]) }),
      { x: [2], key: { shape: [4], dtype: 'u32' } },
    )
    const key = keyFrom(42, 1, 2)
    const result = await program.run({ x: Float32Array.of(4, 5), key: Uint32Array.from(key) })
    expect([...result.x]).toEqual([4, 5])
    expect([...result.three]).toEqual([3, 3])
    expect([...result.bits]).toEqual([...randomBits(key, 10)])
  })

  it('reuses memory: a long chain of layers needs no more than its widest moment', async () => {
    const device = await testDevice()
    const weight = new Variable('w', [8, 8, 3, 3], ramp(576))
    using program = await device.compile(
      ({ x }) => {
        let y = x
        for (let i = 0; i < 12; i++) y = relu(conv2d(y, weight.value, { padding: 'same' }))
        return { y }
      },
      { x: [1, 8, 32, 32] },
    )
    const activation = 8 * 32 * 32 * 4
    expect(program.lowerBoundBytes).toBeLessThan(3 * activation)
    expect(program.arenaBytes).toBeLessThanOrEqual(1.2 * program.lowerBoundBytes)
  })

  it('computes the same bits in every run', async () => {
    const device = await testDevice()
    using program = await device.compile(({ x }) => ({ total: sum(mul(x, x)) }), { x: [64, 64, 3, 3] })
    const x = ramp(64 * 64 * 9).map((value) => value / 7)
    const first = await program.run({ x })
    for (let i = 0; i < 3; i++) expect((await program.run({ x })).total).toEqual(first.total)
  })
})

describe('what does not fit is refused', () => {
  it('names the layer of every kernel, also of those that a convolution became', async () => {
    const device = await testDevice()
    const weights = new Variable('layers.weight', [2, 1, 3, 3], new Float32Array(18))
    using program = await device.compile(
      ({ x }) => ({ y: inLayer('conv2d_1', () => relu(conv2d(x, weights.value, { padding: 'same' }))) }),
      { x: [1, 1, 6, 6] },
    )
    expect(program.kernels.length).toBeGreaterThan(0)
    expect(new Set(program.kernels.map(({ layer }) => layer))).toEqual(new Set(['conv2d_1']))
  })

  it('names the layer and both shapes of a wrong shape', async () => {
    const device = await testDevice()
    const compile = device.compile(({ x }) => ({ y: inLayer('conv2d_3', () => conv2d(x, fill(1, [4, 5, 3, 3]))) }), {
      x: [1, 3, 8, 8],
    })
    await expect(compile).rejects.toThrow(
      /layer conv2d_3: conv2d: x is 1x3x8x8 with 3 channels, weights are 4x5x3x3: expected 5 channels/,
    )
  })

  it('refuses inputs that are missing, of another length or of another type, and outputs that do not exist', async () => {
    const device = await testDevice()
    using program = await device.compile(({ x, key }) => ({ y: relu(x), bits: randomBitsTensor(key, [4]) }), {
      x: [4],
      key: { shape: [4], dtype: 'u32' },
    })
    const key = new Uint32Array(4)
    const run = (values: unknown) => program.run({ x: values as Float32Array, key })
    await expect(run(new Float32Array(3))).rejects.toThrow('input x: expected 4 values for 4 in a Float32Array, got 3')
    await expect(run(undefined)).rejects.toThrow('got none')
    await expect(program.run(undefined as unknown as { x: Float32Array; key: Uint32Array })).rejects.toThrow('got none')
    await expect(run(new Float64Array(4))).rejects.toThrow('in a Float32Array, got a Float64Array')
    await expect(run(new Uint32Array(4))).rejects.toThrow('got an Uint32Array')
    await expect(run(new Uint8Array(16))).rejects.toThrow('got an Uint8Array')
    await expect(run([1, 2, 3, 4])).rejects.toThrow('got an Array')
    await expect(run(new DataView(new ArrayBuffer(16)))).rejects.toThrow('got a DataView')
    await expect(run('1234')).rejects.toThrow('got a String')
    await expect(program.run({ x: new Float32Array(4), key: new Float32Array(4) })).rejects.toThrow('in a Uint32Array')
    await expect(program.run({ x: new Float32Array(4), key }, { read: ['z' as 'y'] })).rejects.toThrow(
      'has no output z; it has y, bits',
    )
    program[Symbol.dispose]()
    await expect(run(new Float32Array(4))).rejects.toThrow('disposed')
  })

  it('refuses values of another type for a variable', async () => {
    const device = await testDevice()
    const wrong = Float64Array.of(1, 2) as unknown as Float32Array
    expect(() => new Variable('w', [2], wrong)).toThrow(
      'variable w: expected 2 values for 2 in a Float32Array, got a Float64Array',
    )
    expect(() => device.write(zeroVariable('w', [2]), wrong)).toThrow(ShapeError)
    expect(() => device.write(zeroVariable('w', [2]), new Uint32Array(2))).toThrow(ShapeError)
    expect(() => device.write(new Variable('k', [2], new Uint32Array(2)), new Float32Array(2))).toThrow(
      'in a Uint32Array',
    )
  })

  it('refuses model functions that are asynchronous, that return no tensors, and tensors of another trace', async () => {
    const device = await testDevice()
    const spec = { x: [4] }
    let kept: Tensor | undefined
    using _ = await device.compile(({ x }) => {
      kept = mul(x, 2)
      return { y: kept }
    }, spec)
    type Model = (inputs: { readonly x: Tensor }) => { y: Tensor }
    const compile = (model: unknown) => device.compile(model as Model, spec)
    await expect(compile(async ({ x }: { x: Tensor }) => ({ y: relu(x) }))).rejects.toThrow('asynchronous')
    await expect(
      compile(async () => {
        throw new Error('fails later')
      }),
    ).rejects.toThrow(InputError)
    await expect(compile(({ x }: { x: Tensor }) => ({ y: add(x, kept as Tensor) }))).rejects.toThrow(
      'a tensor of another trace: input x there',
    )
    await expect(compile(() => ({ y: 3 }))).rejects.toThrow('returned number as y')
    await expect(compile(() => undefined)).rejects.toThrow('returned no object')
    await expect(compile(({ x }: { x: Tensor }) => x)).rejects.toThrow('expected an object of tensors by name')
  })

  it('says once what WebGPU refuses, and runs what comes after it', async () => {
    using device = await environment.openDevice()
    const x = Float32Array.of(-1, 2)
    using program = await device.compile(({ x }) => ({ y: relu(x) }), { x: [2] })
    // Nobody waits for this.
    device.gpuDevice.queue.writeBuffer(device.createBuffer('small', 16), 0, new Float32Array(100))
    const told: unknown[] = []
    for (let i = 0; i < 20; i++) {
      await device.idle().catch((error) => told.push(error))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(told.map(String)).toEqual([expect.stringContaining('WebGPU refused')])
    expect([...(await program.run({ x })).y]).toEqual([0, 2])

    await expect(device.attempt(() => device.gpuDevice.createBuffer({ size: 4, usage: 0 }))).rejects.toThrow(
      'WebGPU refused',
    )
    expect([...(await program.run({ x })).y]).toEqual([0, 2])

    const bad = device.pipelines.take('bad', '@compute @workgroup_size(1) fn main() { nothing(); }', 1)
    await expect(bad).rejects.toThrow(/kernel bad does not compile/)
    await device.idle()
    expect([...(await program.run({ x })).y]).toEqual([0, 2])
    expect(device.isUsable).toBe(true)
  })

  it('refuses broadcasting that does not fit, unsuitable ranks, u32 arithmetic, and assigning outside a program', () => {
    const image: Tensor = fill(1, [1, 2, 3, 4])
    expect(() => add(image, fill(1, [3]))).toThrow(ShapeError)
    expect(() => fill(1, [1, 1, 1, 1, 1])).toThrow(ShapeError)
    expect(() => fill(Number.NaN)).toThrow(ShapeError)
    expect(() => relu(new Variable('k', [4], new Uint32Array(4)).value)).toThrow('u32')
    expect(() => assign(zeroVariable('v', [1]), fill(1, [1]))).toThrow(ShapeError)
    expect(() => gradients(image, [image])).toThrow('gradients are taken of a scalar')
  })

  it('says that an activation is larger than what the adapter binds', async () => {
    const device = await testDevice()
    const edge = Math.ceil(Math.sqrt(device.info.limits.maxStorageBufferBindingSize / 4)) + 8
    await expect(device.compile(({ x }) => ({ y: relu(x) }), { x: [1, 1, edge, edge] })).rejects.toThrow(
      OutOfMemoryError,
    )
  })

  it('rejects what is in flight when the device is lost', async () => {
    const device = await environment.openDevice()
    const program = await device.compile(({ x }) => ({ y: relu(x) }), { x: [4] })
    device.gpuDevice.destroy()
    await expect(program.run({ x: new Float32Array(4) })).rejects.toThrow(DeviceLostError)
    expect(await device.lost).toBeInstanceOf(DeviceLostError)
  })

  it('says what was looked for when there is no WebGPU and no adapter', async () => {
    await expect(openAnywhere({ gpu: undefined })).rejects.toThrow('has no WebGPU')
    const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU
    await expect(openAnywhere({ gpu: none })).rejects.toThrow(/no adapter.*Vulkan.*install/)
  })
})

describe('the autotuner', () => {
  it('remembers a winner for each operation, uses it, and leaves known ones alone', async () => {
    const tuning = memoryTable()
    using device = await openAnywhere({ gpu: await environment.loadGpu(), tuning })
    const weight = new Variable('w', [5, 3, 3, 3], ramp(135))
    const model = ({ x }: { readonly x: Tensor }) => ({ y: conv2d(x, weight.value, { padding: 'same' }) })
    const found = await tune(device, model, { x: [2, 3, 9, 9] })
    expect(found.map(({ key }) => key)).toEqual(['conv2d 2x3x9x9 k5 3x3 stride 1,1 dilation 1,1 padding 1,1,1,1'])
    expect(Object.values(found[0]?.milliseconds ?? {}).every((time) => time === undefined || time > 0)).toBe(true)
    using program = await device.compile(model, { x: [2, 3, 9, 9] })
    expect(program.kernels.map(({ name }) => name)).toContainEqual(
      expect.stringContaining((found[0]?.winner ?? '').split(' ')[0] ?? ''),
    )
    expect(await tune(device, model, { x: [2, 3, 9, 9] })).toEqual([])
  })
})
