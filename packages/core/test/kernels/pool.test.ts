import { array, assert, asyncProperty, integer, nat, record, tuple } from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import type { PoolAttributes, PoolGradientAttributes } from '../../src/kernels/attributes.ts'
import { binding, type Tail } from '../../src/kernels/kernel.ts'
import {
  avgPool2dKernel,
  maxPool2dArgmaxKernel,
  maxPool2dGatherKernel,
  maxPool2dKernel,
} from '../../src/kernels/pool2d.wgsl.ts'
import { avgPool2dGradientKernel, maxPool2dGradientKernel } from '../../src/kernels/pool2d-gradient.wgsl.ts'
import * as reference from '../../src/reference/pool.ts'
import type { Values } from '../../src/reference/values.ts'
import type { OpUnderTest } from './check-op.ts'
import { coarseValues, expectAgreement, expectClose, fineValues, runOp, seeded } from './check-op.ts'
import { opFixtures } from './fixtures.ts'
import { closeDevice } from './run-kernel.ts'

const maxPool: OpUnderTest<PoolAttributes> = {
  name: 'maxPool2d',
  reference: reference.maxPool2d,
  kernel: maxPool2dKernel,
  exact: true,
}
const argmax: OpUnderTest<PoolAttributes> = {
  name: 'maxPool2dArgmax',
  reference: reference.maxPool2dArgmax,
  kernel: maxPool2dArgmaxKernel,
  exact: true,
}
/** The kernels that take the places of the maxima of x, where the references take x. */
const gatherOf = (x: Values): OpUnderTest<PoolAttributes> => ({
  name: 'maxPool2dGather',
  reference: ([, g], pool) => reference.maxPool2dGather([x, g as Values], pool),
  kernel: maxPool2dGatherKernel,
  exact: true,
})
const maxPoolGradientOf = (x: Values): OpUnderTest<PoolGradientAttributes> => ({
  name: 'maxPool2dGradient',
  reference: ([, dy], pool) => reference.maxPool2dGradient([x, dy as Values], pool),
  kernel: maxPool2dGradientKernel,
})
const avgPool: OpUnderTest<PoolAttributes> = {
  name: 'avgPool2d',
  reference: reference.avgPool2d,
  kernel: avgPool2dKernel,
}
const avgPoolGradient: OpUnderTest<PoolGradientAttributes> = {
  name: 'avgPool2dGradient',
  reference: reference.avgPool2dGradient,
  kernel: avgPool2dGradientKernel,
}

/** Pools x with every op, on coarse values so that windows have ties. */
async function expectAllAgree(
  shape: readonly [number, number, number, number],
  pool: PoolAttributes,
  seed: number,
): Promise<void> {
  const random = seeded(seed)
  const x = coarseValues(shape, random)
  await expectAgreement(maxPool, [x], pool)
  await expectAgreement(argmax, [x], pool)
  await expectPlacesBeside(x, pool)
  const places = reference.maxPool2dArgmax([x], pool)
  await expectAgreement(gatherOf(x), [places, fineValues(shape, random)], pool)
  await expectAgreement(avgPool, [x], pool)
  const dy = fineValues(reference.maxPool2d([x], pool).shape, random)
  const backwards: PoolGradientAttributes = { ...pool, inputSize: [shape[2], shape[3]] }
  await expectAgreement(maxPoolGradientOf(x), [places, dy], backwards)
  await expectAgreement(avgPoolGradient, [dy], backwards)
}

/** Expects the pooling's kernel to give places beside the maxima. */
async function expectPlacesBeside(x: Values, pool: PoolAttributes): Promise<void> {
  const expected = reference.maxPool2dArgmax([x], pool)
  const onlyPlaces: Tail = {
    beside: new Set(['argmax']),
    declarations: (firstBinding) => `${binding(firstBinding, 'out')}
fn finish(at: vec4u, i: u32, value: f32) {}
fn argmax(i: u32, place: f32) { out[i] = place; }`,
  }
  expectClose(await runOp(maxPool, [x], pool, expected.shape, onlyPlaces), expected.data, 0, 'places beside the maxima')
}

const NO_PADDING = { top: 0, bottom: 0, left: 0, right: 0 }

/** The options of Keras's 'same' for windows of 2 x 2: one pixel below and right where a size is odd. */
function halving({ shape: [, , h = 1, w = 1] }: Values): PoolAttributes {
  return { size: [2, 2], stride: [2, 2], padding: { top: 0, left: 0, bottom: h % 2, right: w % 2 } }
}

const fixture = await opFixtures()

describe('pooling', () => {
  afterAll(closeDevice)

  it('agrees with the reference for any window, stride, padding and image', async () => {
    const pools = tuple(integer({ min: 1, max: 4 }), integer({ min: 1, max: 4 })).chain(([height, width]) =>
      record({
        size: tuple(integer({ min: height, max: height }), integer({ min: width, max: width })),
        stride: tuple(integer({ min: 1, max: 5 }), integer({ min: 1, max: 5 })),
        padding: record({ top: nat(height - 1), bottom: nat(height - 1), left: nat(width - 1), right: nat(width - 1) }),
      }),
    )
    const shapes = tuple(
      integer({ min: 1, max: 3 }),
      integer({ min: 1, max: 3 }),
      integer({ min: 4, max: 11 }),
      integer({ min: 4, max: 11 }),
    )
    await assert(asyncProperty(shapes, pools, nat(1e6), expectAllAgree), { seed: 1, numRuns: 8 })
  })

  it('agrees with the reference where windows tile the image, however wide the vectors that read it', async () => {
    const blocks = array(integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 })
    const sizes = tuple(integer({ min: 1, max: 5 }), integer({ min: 1, max: 4 }))
    await assert(
      asyncProperty(blocks, sizes, nat(1e6), async ([n = 1, c = 1, rows = 1, columns = 1], size, seed) => {
        await expectAllAgree(
          [n, c, rows * size[0], columns * size[1]],
          { size, stride: size, padding: NO_PADDING },
          seed,
        )
      }),
      { seed: 2, numRuns: 4 },
    )
  })

  it('agrees with the reference on images of more than one workgroup', async () => {
    await expectAllAgree([3, 8, 28, 28], { size: [2, 2], stride: [2, 2], padding: NO_PADDING }, 3)
    await expectAllAgree(
      [2, 5, 27, 21],
      { size: [2, 2], stride: [2, 2], padding: { top: 0, bottom: 1, left: 0, right: 1 } },
      4,
    )
    await expectAllAgree(
      [2, 3, 30, 17],
      { size: [3, 3], stride: [2, 2], padding: { top: 1, bottom: 1, left: 1, right: 1 } },
      5,
    )
  })

  it.runIf(fixture)('agrees with PyTorch', async () => {
    if (!fixture) return
    for (const name of ['max_pool2d_same_2x8x28x28', 'max_pool2d_same_2x5x7x7', 'max_pool2d_same_1x3x14x9']) {
      const x = fixture(`${name}/x`)
      const seed = fixture(`${name}/seed`)
      expectClose(reference.maxPool2d([x], halving(x)).data, fixture(`${name}/y`).data, 0, name)
      expectClose(
        reference.maxPool2dGradient([x, seed], halving(x)).data,
        fixture(`${name}/d_x`).data,
        0,
        `${name} d_x`,
      )
      await expectAgreement(maxPool, [x], halving(x))
      const places = reference.maxPool2dArgmax([x], halving(x))
      await expectAgreement(maxPoolGradientOf(x), [places, seed], {
        ...halving(x),
        inputSize: [x.shape[2] ?? 0, x.shape[3] ?? 0],
      })
    }
    const x = fixture('avg_pool2d/x')
    const seed = fixture('avg_pool2d/seed')
    const backwards: PoolGradientAttributes = { ...halving(x), inputSize: [8, 6] }
    expectClose(reference.avgPool2d([x], halving(x)).data, fixture('avg_pool2d/y').data, 1e-6, 'avgPool2d')
    expectClose(
      reference.avgPool2dGradient([seed], backwards).data,
      fixture('avg_pool2d/d_x').data,
      1e-6,
      'avgPool2d d_x',
    )
    await expectAgreement(avgPool, [x], halving(x))
    await expectAgreement(avgPoolGradient, [seed], backwards)
  })
})
