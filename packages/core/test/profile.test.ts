import { afterEach, describe, expect, it } from 'vitest'
import {
  add,
  assign,
  conv2d,
  type Device,
  gradients,
  inLayer,
  matmul,
  mul,
  Profiler,
  type ProgramTimes,
  profile,
  profileOf,
  relu,
  sub,
  sum,
  type TimedKernel,
  type TimingMethod,
  Variable,
  zeroVariable,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'

const METHODS: readonly TimingMethod[] = ['timestamps', 'fences']

const ramp = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => (i % 7) - 3)

afterEach(async () => {
  ;(await testDevice()).profiler = undefined
})

/** A step of gradient descent on weights of a convolution, and the weights. */
async function descent(device: Device) {
  const weights = new Variable('weights', [2, 1, 3, 3], ramp(18))
  const program = await device.compile(
    ({ x }) => {
      const y = inLayer('conv2d_1', () => relu(conv2d(x, weights.value, { padding: 1 })))
      const loss = sum(mul(y, y))
      const [gradient = loss] = gradients(loss, [weights.value])
      assign(weights, sub(weights.value, mul(0.001, gradient)))
      return { loss }
    },
    { x: [1, 1, 8, 8] },
  )
  return { weights, program }
}

describe('a profiler', () => {
  it.each(METHODS)('by %s changes no result, with several runs in flight', async (method) => {
    const device = await testDevice()
    const usual = await descent(device)
    const timed = await descent(device)
    const inputs = [1, 2, 3].map((factor) => ({ x: ramp(64).map((value) => value * factor * 0.1) }))
    const expected = await Promise.all(inputs.map((input) => usual.program.run(input)))
    using profiler = new Profiler(device, method)
    device.profiler = profiler
    const actual = await Promise.all(inputs.map((input) => timed.program.run(input)))
    device.profiler = undefined
    expect(actual).toEqual(expected)
    expect(await device.read([timed.weights])).toEqual(await device.read([usual.weights]))
    usual.program[Symbol.dispose]()
    timed.program[Symbol.dispose]()
  })

  it.each(METHODS)('by %s has a time for every kernel of every program that ran', async (method) => {
    const device = await testDevice()
    using profiler = new Profiler(device, method)
    device.profiler = profiler
    using first = await device.compile(({ x }) => ({ y: sum(relu(x)) }), { x: [4, 512] })
    using second = await device.compile(({ x }) => ({ y: add(x, 1) }), { x: [4, 4] })
    await first.run({ x: ramp(2048) })
    await second.run({ x: ramp(16) })
    await first.run({ x: ramp(2048) })
    const times = await profiler.times()
    expect(times.map(({ runs }) => runs)).toEqual([2, 1])
    expect(times.map(({ kernels }) => kernels.map(({ milliseconds, ...planned }) => planned))).toEqual([
      first.kernels,
      second.kernels,
    ])
    for (const { kernels } of times) {
      for (const { milliseconds } of kernels) expect(milliseconds).toBeGreaterThanOrEqual(0)
    }
  })

  it('times more kernels than one set of timestamps holds', async () => {
    const device = await testDevice()
    using profiler = new Profiler(device)
    const identity = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0))
    using program = await device.compile(
      ({ x, one }) => ({ y: Array.from({ length: 2050 }, () => one).reduce((y, each) => matmul(y, each), x) }),
      { x: [4, 4], one: [4, 4] },
    )
    device.profiler = profiler
    const { y } = await program.run({ x: ramp(16), one: identity })
    expect(y).toEqual(ramp(16))
    const [times] = await profiler.times()
    expect(times?.kernels.length).toBe(2050)
  })
})

describe('a profile', () => {
  const kernel = (layer: string, name: string, numbers: Partial<TimedKernel> = {}): TimedKernel => ({
    layer,
    name,
    workgroups: [1, 1, 1],
    operations: 4e6,
    bytes: 1e6,
    milliseconds: 1,
    ...numbers,
  })

  it('adds up kernels of one name in a layer, gradients apart, and programs as often as they ran', () => {
    const programs: ProgramTimes[] = [
      { runs: 3, kernels: [kernel('a', 'k'), kernel('b', 'k', { milliseconds: 2 }), kernel('a', 'k')] },
      { runs: 1, kernels: [kernel('a/gradient', 'k', { milliseconds: 4 }), kernel('a/gradient/gradient', 'k')] },
    ]
    const { runs, milliseconds, operations, bytes, layers } = profileOf(programs, { method: 'timestamps' })
    expect({ runs, milliseconds, operations, bytes }).toEqual({
      runs: 4,
      milliseconds: 17,
      operations: 11 * 4e6,
      bytes: 11 * 1e6,
    })
    expect(
      layers.map(({ layer, milliseconds, kernels }) => [
        layer,
        milliseconds,
        kernels.map(({ isGradient, dispatches }) => [isGradient, dispatches]),
      ]),
    ).toEqual([
      [
        'a',
        11,
        [
          [false, 6],
          [true, 1],
          [true, 1],
        ],
      ],
      ['b', 6, [[false, 3]]],
    ])
  })

  it('says how near the ceiling that limits it a kernel comes', () => {
    const ceilings = { operationsPerSecond: 8e9, copyBytesPerSecond: 4e9 }
    const { layers } = profileOf(
      [{ runs: 1, kernels: [kernel('computes', 'k'), kernel('moves', 'k', { operations: 1e3, bytes: 3e6 })] }],
      { method: 'timestamps', ceilings },
    )
    expect(layers.map(({ kernels }) => kernels[0]?.shareOfCeiling)).toEqual([0.5, 0.75])
    expect(layers.map(({ kernels }) => kernels[0]?.operationsPerSecond)).toEqual([4e9, 1e6])
  })

  it('is of one run, whatever the repeats, and counts each as a run of the program', async () => {
    const device = await testDevice()
    const counter = zeroVariable('counter', [1])
    using program = await device.compile(
      ({ x }) => {
        assign(counter, add(counter.value, 1))
        return { y: inLayer('activation', () => relu(x)) }
      },
      { x: [1, 1, 4, 4] },
    )
    const measured = await profile(device, program, { x: ramp(16) }, { repeats: 2 })
    expect(measured.layers.flatMap(({ kernels }) => kernels.map(({ dispatches }) => dispatches))).toEqual([1, 1])
    expect(measured.layers.map(({ layer }) => layer).sort()).toEqual(['', 'activation'])
    expect(await device.read([counter])).toEqual([Float32Array.of(3)])
    expect(device.profiler).toBeUndefined()
  })

  it('has the gradient of a layer with the layer', async () => {
    const device = await testDevice()
    const { program } = await descent(device)
    const { layers } = await profile(device, program, { x: ramp(64) }, { repeats: 1 })
    const own = layers.find(({ layer }) => layer === 'conv2d_1')
    expect(new Set(own?.kernels.map(({ isGradient }) => isGradient))).toEqual(new Set([false, true]))
    expect(layers.map(({ layer }) => layer).filter((layer) => layer.includes('gradient'))).toEqual([])
    program[Symbol.dispose]()
  })
})
