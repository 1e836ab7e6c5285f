import { describe, expect, it } from 'vitest'
import {
  add,
  conv2d,
  gradients,
  maxPool2d,
  mul,
  type PoolOptions,
  relu,
  square,
  sum,
  type Tensor,
} from '../src/index.ts'
import { testDevice } from './helpers/device.ts'
import { expectExact, type Model } from './helpers/exact.ts'

const shapes = { x: [2, 3, 12, 16], weights: [4, 3, 3, 3] }
const first = (tensors: readonly Tensor[]): Tensor => tensors[0] as Tensor

/** A convolution with ReLU and pooling, as an autoencoder has them, and the gradient of its weights. */
const step =
  (options: PoolOptions, alsoOut: 'nothing' | 'y' | 'dy'): Model<keyof typeof shapes> =>
  ({ x, weights }) => {
    const y = relu(conv2d(x, weights, { padding: 1 }))
    const p = maxPool2d(y, options)
    // Its gradient is not 0 where p is.
    const loss = sum(add(square(p), p))
    const [dw, dy] = gradients(loss, [weights, y])
    return { loss, dw: dw as Tensor, ...(alsoOut === 'y' ? { y } : alsoOut === 'dy' ? { dy: dy as Tensor } : {}) }
  }

describe('the places of the maxima', () => {
  it.each<{ what: string; options: PoolOptions }>([
    { what: 'windows that tile the image', options: {} },
    { what: 'padded windows', options: { size: 5, padding: 'same' } },
    { what: 'windows that overlap', options: { size: 3, stride: 2, padding: 1 } },
  ])('come from the pooling’s own kernel and mask the gradient before it is spread: $what', async ({ options }) => {
    const { kernels, arena } = await expectExact(step(options, 'nothing'), shapes)
    expect(kernels.filter((name) => name.startsWith('maxPool2d with places'))).toHaveLength(1)
    expect(kernels.join()).not.toContain('maxPool2dArgmax')
    // The activation is not kept for the way back.
    expect(arena).toBeLessThan((await expectExact(step(options, 'y'), shapes)).arena)
  })

  it('are the same where the gradient of the activation is wanted too', async () => {
    const { kernels } = await expectExact(step({}, 'dy'), shapes)
    expect(kernels.filter((name) => name.startsWith('maxPool2dGradient'))).toHaveLength(1)
  })

  it('are those of each of two poolings behind one another', async () => {
    const model: Model<'x'> = ({ x }) => {
      const options = { size: 3, stride: 1, padding: 1 }
      const p = maxPool2d(x, options)
      const [dp, dx] = gradients(sum(square(maxPool2d(p, options))), [p, x])
      return { dp: dp as Tensor, dx: dx as Tensor }
    }
    const { kernels } = await expectExact(model, { x: [1, 2, 8, 12] })
    expect(kernels.filter((name) => name.startsWith('maxPool2d with places'))).toHaveLength(2)
  })

  it('are those of each of two poolings of one image', async () => {
    const model: Model<'x'> = ({ x }) => {
      const loss = add(sum(square(maxPool2d(x))), sum(square(maxPool2d(x, { size: 3 }))))
      return { loss, dx: first(gradients(loss, [x])) }
    }
    const { kernels } = await expectExact(model, { x: [1, 2, 12, 12] })
    expect(kernels.filter((name) => name.startsWith('maxPool2d with places'))).toHaveLength(2)
  })

  it('have a kernel of their own where what is fused behind the pooling needs them first', async () => {
    const pooled = [1, 2, 4, 6]
    const model: Model<'x' | 'dp' | 'tangent'> = ({ x, dp, tangent }) => {
      const p = maxPool2d(x)
      const dx = first(gradients(p, [x], dp))
      // The pooled tangent: the gradient of <dx, tangent> in dp.
      return { y: add(first(gradients(sum(mul(dx, tangent)), [dp])), p) }
    }
    await expectExact(model, { x: [1, 2, 8, 12], dp: pooled, tangent: [1, 2, 8, 12] })
  })

  it('are exact in f16 storage, which could not tell those of large windows apart', async (context) => {
    const device = await testDevice()
    context.skip(!device.info.traits.f16, 'the adapter has no shader-f16')
    const size = 100
    const model: Model<'x'> = ({ x }) => {
      const p = maxPool2d(add(x, 0.5), { size })
      return { p, dx: first(gradients(sum(p), [x])) }
    }
    using program = await device.compile(model, { x: [1, 1, size, size] }, { poison: true, storage: 'f16' })
    const x = new Float32Array(size * size)
    x[2049] = 1
    const { dx } = await program.run({ x })
    expect(dx?.findIndex((value) => value !== 0)).toBe(2049)
  })
})
