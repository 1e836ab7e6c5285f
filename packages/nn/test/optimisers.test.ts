import { type Device, Variable } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { adam, adamW, type Optimiser, sgd } from '../src/index.ts'
import { relativeError } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { itWithFixtures, readFixture } from './helpers/fixtures.ts'

const STEPS = 5
const TOLERANCE = 1e-5

/** The cases of the fixture: what `torch.optim` was given, and ours. */
const cases: Record<string, { readonly rate: number; make(parameters: readonly Variable[]): Optimiser }> = {
  adam: { rate: 5e-3, make: (parameters) => adam(parameters) },
  adam_weight_decay: { rate: 1e-3, make: (parameters) => adam(parameters, { weightDecay: 1e-2 }) },
  adamw: { rate: 1e-3, make: (parameters) => adamW(parameters) },
  sgd_momentum: { rate: 1e-1, make: (parameters) => sgd(parameters, { momentum: 0.9, weightDecay: 1e-4 }) },
  sgd: { rate: 1e-1, make: (parameters) => sgd(parameters) },
}

/** The parameter after each of the gradients. */
async function trajectory(
  device: Device,
  parameter: Variable,
  optimiser: Optimiser,
  rate: number,
  gradients: readonly Float32Array[],
): Promise<Float32Array[]> {
  using program = await device.compile(
    ({ gradient }) => {
      optimiser.update([gradient])
      return {}
    },
    { gradient: parameter.shape },
  )
  const after: Float32Array[] = []
  for (const [i, gradient] of gradients.entries()) {
    optimiser.prepare(device, i + 1, rate)
    await program.run({ gradient })
    after.push(...(await device.read([parameter])))
  }
  return after
}

describe('optimisers', () => {
  for (const [name, { rate, make }] of Object.entries(cases)) {
    itWithFixtures(`${name} follows PyTorch for five steps`, async () => {
      const { tensors } = readFixture('optimisers')
      const stored = (key: string) => {
        const tensor = tensors.get(`${name}/${key}`)
        if (tensor === undefined) throw new Error(`no ${key} of ${name}`)
        return tensor
      }
      const start = stored('start')
      const parameter = new Variable('w', start.shape, start.data)
      const gradients = Array.from({ length: STEPS }, (_, i) => stored(`grad${i}`).data)
      const after = await trajectory(await testDevice(), parameter, make([parameter]), rate, gradients)
      for (const [i, values] of after.entries()) {
        expect(relativeError(values, stored(`after${i}`).data), `after step ${i + 1}`).toBeLessThanOrEqual(TOLERANCE)
      }
      const moved = (values: ArrayLike<number>) => Array.from(start.data, (value, i) => (values[i] as number) - value)
      const last = stored(`after${STEPS - 1}`).data
      expect(relativeError(moved(after.at(-1) as Float32Array), moved(last)), 'the distance moved').toBeLessThanOrEqual(
        10 * TOLERANCE,
      )
    })
  }

  it('Adam moves each parameter by the learning rate in its first step, whatever the size of the gradient', async () => {
    const parameter = new Variable('w', [3], Float32Array.of(1, 1, 1))
    const after = await trajectory(await testDevice(), parameter, adam([parameter]), 0.1, [
      Float32Array.of(1e-3, 10, -1e3),
    ])
    expect(relativeError(after[0] as Float32Array, [0.9, 0.9, 1.1])).toBeLessThan(1e-5)
  })

  it('Adam moves nothing where the gradient is always zero', async () => {
    const parameter = new Variable('w', [2], Float32Array.of(1, -1))
    const after = await trajectory(await testDevice(), parameter, adam([parameter]), 0.1, [
      new Float32Array(2),
      new Float32Array(2),
    ])
    expect(after[1]).toEqual(Float32Array.of(1, -1))
  })

  it('an optimiser has state only where it needs moments, named after its parameters', () => {
    const parameter = new Variable('conv2d.weight', [2], new Float32Array(2))
    expect(sgd([parameter]).state).toEqual([])
    expect(sgd([parameter], { momentum: 0.9 }).state.map(({ name }) => name)).toEqual(['conv2d.weight.sgd_velocity'])
    expect(adam([parameter]).state.map(({ name }) => name)).toEqual(['conv2d.weight.adam_m', 'conv2d.weight.adam_v'])
  })
})
