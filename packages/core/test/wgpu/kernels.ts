/** What each kernel computes, once, for the WebGPUs whose tests take long: Deno's and Firefox's. */
import { describe, expect, it } from 'vitest'
import {
  type CompileOptions,
  conv2d,
  keyFrom,
  random,
  randomBits,
  randomBitsTensor,
  randomTensor,
} from '../../src/index.ts'
import { checkTrial } from '../helpers/check-trial.ts'
import { expectClose } from '../helpers/compare.ts'
import { testDevice } from '../helpers/device.ts'
import { operations } from '../helpers/operations.ts'
import { sample } from '../helpers/trials.ts'

describe('each operation and its gradients agree with the float64 reference', () => {
  for (const [name, trials] of Object.entries(operations)) {
    it(name, async () => {
      for (const trial of sample(trials, 1)) await checkTrial(name, trial)
    })
  }
})

it.each([
  [[2, 8, 12, 12], [20, 8, 3, 3], 1],
  [[1, 3, 9, 11], [5, 3, 3, 3], 2],
])('each algorithm of a convolution of %j with weights %j, stride %i, and of its gradients', async (x, w, stride) => {
  let isLast = false
  for (let place = 0; !isLast; place++) {
    isLast = true
    const choose: CompileOptions['choose'] = (_, candidates) => {
      isLast &&= place + 1 >= candidates.length
      return candidates[place] ?? (candidates.at(-1) as (typeof candidates)[number])
    }
    const trial = {
      shapes: [x, w],
      build: (...[input, weights]: Parameters<typeof conv2d>[0][]) =>
        conv2d(input as NonNullable<typeof input>, weights as NonNullable<typeof weights>, { padding: 1, stride }),
    }
    await checkTrial(`candidates ${place}`, trial, { choose })
  }
})

it('random numbers are those of the processor', async () => {
  const device = await testDevice()
  const distributions = ['uniform', 'normal', 'laplace', 'arcsine'] as const
  const count = 1001
  using program = await device.compile(
    ({ key }) => ({
      bits: randomBitsTensor(key, [count]),
      ...Object.fromEntries(distributions.map((name) => [name, randomTensor(name, key, [count])])),
    }),
    { key: { shape: [4], dtype: 'u32' } },
  )
  const key = keyFrom(42, 1, 2)
  const drawn: Record<string, Float32Array> = await program.run({ key: Uint32Array.from(key) })
  expect([...(drawn.bits ?? [])]).toEqual([...randomBits(key, count)])
  for (const name of distributions) expectClose(drawn[name] ?? [], random(name, key, count), name, 1e-6)
})
