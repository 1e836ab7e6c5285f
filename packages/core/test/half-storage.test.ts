import { describe, expect, it } from 'vitest'
import { environment } from '#environment'
import {
  assign,
  type CompileOptions,
  conv2d,
  evaluate,
  gradients,
  inputTensor,
  mul,
  openDevice,
  relu,
  reshape,
  type Shape,
  sizeOf,
  slice,
  sub,
  sum,
  type Tensor,
  Variable,
} from '../src/index.ts'
import { expectClose } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { operations, type Trial } from './helpers/operations.ts'
import { build, prepare, sample, show } from './helpers/trials.ts'

const device = await testDevice()
const hasHalf = device.info.traits.f16

/** f16 has 11 significant bits: its neighbours are this far apart, and WGSL lets a conversion take either one. */
const ROUNDING = 2 ** -10
/** The gradient y (1 - y) of a sigmoid, at most 1/4, is computed from y, at most 1: errors count four times, others less. */
const AMPLIFICATION = 4
/** What the kernels themselves may differ by in float32, as without f16. */
const KERNELS = 1e-4

const variable = (name: string, shape: Shape, value: (i: number) => number): Variable =>
  new Variable(
    name,
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
  )

/** The same values by a kernel of its own, so that they lie in memory between two layers. */
const stored = (x: Tensor): Tensor =>
  slice(
    x,
    x.shape.map(() => 0),
    x.shape,
  )

const trafficOf = ({ kernels }: { readonly kernels: readonly { readonly bytes: number }[] }): number =>
  kernels.reduce((total, { bytes }) => total + bytes, 0)

/**
 * Runs a trial between layers with f16 in memory, and its gradients, against the float64 reference.
 * @returns the bytes that its kernels read and write.
 */
async function checkTrial(what: string, own: Trial, options: CompileOptions): Promise<number> {
  // Stored twice, since what only a sum takes stays float32.
  const trial = { ...own, build: (...inputs: Tensor[]) => stored(own.build(...inputs.map(stored).map(stored))) }
  const { shapes, inputs, outputShape, data } = prepare(trial)
  // Values that f16 holds exactly, so that rounding reorders no maximum and crosses no kink.
  const halved = (values: Float32Array): Float32Array => values.map((value) => Math.f16round(value))
  const leaves = Object.entries(data).map(([key, values]) => [key, halved(values)] as const)
  const exact = { ...Object.fromEntries(leaves), seed: halved(data.seed) }
  const expected = build(trial, inputs, inputTensor('seed', outputShape))
  const reference = evaluate(Object.values(expected), { inputs: exact })
  using program = await device.compile(
    ({ seed, ...leaves }) => build(trial, Object.values(leaves), seed as Tensor),
    { ...shapes, seed: outputShape },
    { poison: true, ...options },
  )
  const results = await program.run(exact)
  for (const [i, key] of Object.keys(expected).entries())
    expectClose(results[key] ?? [], reference[i]?.data ?? [], `${what} ${key}`, AMPLIFICATION * ROUNDING + KERNELS)
  return trafficOf(program)
}

if (!hasHalf) console.info('f16 storage is not tested: this adapter has no shader-f16')

describe.skipIf(!hasHalf)('programs that store f16 between layers agree with the float64 reference', () => {
  for (const [name, trials] of Object.entries(operations)) {
    it(name, async () => {
      for (const trial of sample(trials, 2)) {
        const what = show(name, trial)
        const half = await checkTrial(what, trial, { storage: 'f16' })
        expect(half, what).toBeLessThan(await checkTrial(what, trial, { storage: 'f32' }))
      }
    })
  }

  it.each([
    [[2, 8, 12, 12], [16, 8, 3, 3], 1],
    [[1, 3, 9, 11], [5, 3, 3, 3], 2],
  ])(
    'every algorithm of a convolution of %j with weights %j, stride %i, and of its gradients',
    async (x, w, stride) => {
      const trial = {
        shapes: [x, w],
        build: (...[input, weights]: Tensor[]) => conv2d(input as Tensor, weights as Tensor, { padding: 1, stride }),
      }
      let candidatesLeft = true
      for (let place = 0; candidatesLeft; place++) {
        candidatesLeft = false
        const choose: CompileOptions['choose'] = (_, candidates) => {
          candidatesLeft ||= place + 1 < candidates.length
          return candidates[place] ?? (candidates.at(-1) as (typeof candidates)[number])
        }
        await checkTrial(`candidates ${place}`, trial, { storage: 'f16', choose })
      }
    },
  )
})

describe.skipIf(!hasHalf)('a program that stores f16', () => {
  const CHANNELS = 8
  const weightsOf = (name: string, shape: Shape): Variable => variable(name, shape, (i) => ((i % 17) - 8) / 100)
  const first = weightsOf('first', [CHANNELS, 1, 3, 3])
  const middle = weightsOf('middle', [CHANNELS, CHANNELS, 3, 3])
  const last = weightsOf('last', [1, CHANNELS, 3, 3])
  const chain = ({ x }: { readonly x: Tensor }) => {
    const layers = [first, middle, middle, middle, middle]
    const inner = layers.reduce((y, { value }) => relu(conv2d(y, value, { padding: 'same' })), x)
    return { y: sub(x, conv2d(inner, last.value, { padding: 'same' })) }
  }

  it('needs little more than half of the memory and of the traffic, and its outputs are float32', async () => {
    const shapes = { x: [1, 1, 48, 48] }
    using single = await device.compile(chain, shapes, { winograd: false })
    using half = await device.compile(chain, shapes, { winograd: false, storage: 'f16' })
    expect(half.arenaBytes).toBeLessThan(0.6 * single.arenaBytes)
    expect(half.lowerBoundBytes).toBeLessThanOrEqual(half.arenaBytes)
    expect(trafficOf(half)).toBeLessThan(0.6 * trafficOf(single))
    const x = Float32Array.from({ length: 48 * 48 }, (_, i) => (i % 13) / 13)
    const [a, b] = [await single.run({ x }), await half.run({ x })]
    expect(b.y).toHaveLength(a.y.length)
    // Five values between layers are rounded one behind the other.
    expectClose(b.y, a.y, 'y', 5 * ROUNDING)
  })

  it('keeps what the gradients of a training step need in half of the memory, and gradients only for a moment', async () => {
    const depth = 12
    const weights = Array.from({ length: depth }, (_, i) => weightsOf(`w${i}`, [CHANNELS, CHANNELS, 3, 3]))
    const step = ({ x }: { readonly x: Tensor }) => {
      const y = weights.reduce((input, { value }) => relu(conv2d(input, value, { padding: 'same' })), x)
      const loss = reshape(sum(y), [])
      const values = weights.map(({ value }) => value)
      for (const [i, gradient] of gradients(loss, values).entries()) {
        const weight = weights[i] as Variable
        assign(weight, sub(weight.value, mul(1e-3, gradient)))
      }
      return { loss }
    }
    const shapes = { x: [1, CHANNELS, 24, 24] }
    using single = await device.compile(step, shapes, { winograd: false })
    using half = await device.compile(step, shapes, { winograd: false, storage: 'f16' })
    // In float32 beside the eleven values between layers: the input, the last value, a gradient, and weights.
    const activation = 4 * CHANNELS * 24 * 24
    expect(single.lowerBoundBytes).toBeGreaterThan(depth * activation)
    expect(half.arenaBytes).toBeLessThan(((depth - 1) / 2 + 3.5) * activation)
  })

  it('stores what f16 cannot hold as its largest number, and NaN as NaN', async () => {
    const large = variable('large', [1, 1, 1, 1], () => 2 ** 17)
    const one = variable('one', [1, 1, 1, 1], () => 1)
    using program = await device.compile(
      ({ x }) => ({ y: conv2d(conv2d(x, large.value), one.value) }),
      { x: [1, 1, 1, 5] },
      { storage: 'f16' },
    )
    const { y } = await program.run({ x: Float32Array.of(1, -1, 0.25, 1e30, Number.NaN) })
    expect([...y]).toEqual([65504, -65504, 2 ** 15, 65504, Number.NaN])
  })

  it('computes the same bits in every run', async () => {
    using program = await device.compile(chain, { x: [1, 1, 20, 20] }, { storage: 'f16' })
    const x = Float32Array.from({ length: 400 }, (_, i) => (i % 11) / 7)
    const first = await program.run({ x })
    for (let i = 0; i < 3; i++) expect((await program.run({ x })).y).toEqual(first.y)
  })
})

describe('an adapter without shader-f16', () => {
  /** The adapter under test without the feature. */
  async function withoutHalf(): Promise<GPU> {
    const adapter = await (await environment.loadGpu()).requestAdapter()
    if (adapter === null) throw new Error('the device under test has no adapter')
    const { limits, info } = adapter
    const features = new Set([...adapter.features].filter((feature) => feature !== 'shader-f16'))
    const requestDevice: GPUAdapter['requestDevice'] = (descriptor) => adapter.requestDevice(descriptor)
    return { requestAdapter: async () => ({ limits, info, features, requestDevice }) } as unknown as GPU
  }

  it('refuses to store f16, by name, when the device is opened and when a program asks for it', async () => {
    const gpu = await withoutHalf()
    await expect(openDevice({ gpu, storage: 'f16' })).rejects.toThrow(
      /storage in f16 needs an adapter with the feature shader-f16, which .+ has not: use f32/,
    )
    using plain = await openDevice({ gpu: await withoutHalf() })
    const asking = plain.compile(({ x }) => ({ y: relu(x) }), { x: [4] }, { storage: 'f16' })
    await expect(asking).rejects.toThrow('shader-f16')
  })
})
