import { assert, asyncProperty, boolean, integer, nat, tuple } from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import type { ResizeAttributes, ResizeGradientAttributes, UpsampleAttributes } from '../../src/kernels/attributes.ts'
import {
  resizeBilinearGradientKernel,
  resizeBilinearKernel,
  upsampleNearestGradientKernel,
  upsampleNearestKernel,
} from '../../src/kernels/resize.wgsl.ts'
import * as reference from '../../src/reference/resize.ts'
import type { OpUnderTest } from './check-op.ts'
import { expectAgreement, expectClose, fineValues, seeded } from './check-op.ts'
import { opFixtures } from './fixtures.ts'
import { closeDevice } from './run-kernel.ts'

const nearest: OpUnderTest<UpsampleAttributes> = {
  name: 'upsampleNearest',
  reference: reference.upsampleNearest,
  kernel: upsampleNearestKernel,
  exact: true,
}
const nearestGradient: OpUnderTest<UpsampleAttributes> = {
  name: 'upsampleNearestGradient',
  reference: reference.upsampleNearestGradient,
  kernel: upsampleNearestGradientKernel,
}
const bilinear: OpUnderTest<ResizeAttributes> = {
  name: 'resizeBilinear',
  reference: reference.resizeBilinear,
  kernel: resizeBilinearKernel,
}
const bilinearGradient: OpUnderTest<ResizeGradientAttributes> = {
  name: 'resizeBilinearGradient',
  reference: reference.resizeBilinearGradient,
  kernel: resizeBilinearGradientKernel,
}

const size = integer({ min: 1, max: 13 })
const shapes = tuple(integer({ min: 1, max: 3 }), integer({ min: 1, max: 4 }), size, size)
type ImageShape = readonly [number, number, number, number]

async function expectUpsampling(shape: ImageShape, scale: readonly [number, number], seed: number): Promise<void> {
  const random = seeded(seed)
  const [n, c, h, w] = shape
  await expectAgreement(nearest, [fineValues(shape, random)], { scale })
  await expectAgreement(nearestGradient, [fineValues([n, c, h * scale[0], w * scale[1]], random)], { scale })
}

async function expectResizing(
  shape: ImageShape,
  to: readonly [number, number],
  alignCorners: boolean,
  seed: number,
): Promise<void> {
  const random = seeded(seed)
  const [n, c, h, w] = shape
  await expectAgreement(bilinear, [fineValues(shape, random)], { size: to, alignCorners })
  await expectAgreement(bilinearGradient, [fineValues([n, c, ...to], random)], { inputSize: [h, w], alignCorners })
}

const fixture = await opFixtures()

describe('resizing', () => {
  afterAll(closeDevice)

  it('repeats and sums blocks as the reference does', async () => {
    const factor = integer({ min: 1, max: 5 })
    await assert(asyncProperty(shapes, tuple(factor, factor), nat(1e6), expectUpsampling), { seed: 1, numRuns: 10 })
    await expectUpsampling([3, 8, 14, 14], [2, 2], 2)
  })

  it('interpolates up and down as the reference does, in both conventions', async () => {
    await assert(asyncProperty(shapes, tuple(size, size), boolean(), nat(1e6), expectResizing), {
      seed: 3,
      numRuns: 16,
    })
    await expectResizing([2, 3, 31, 45], [64, 17], false, 4)
    await expectResizing([2, 3, 31, 45], [64, 17], true, 5)
  })

  it.runIf(fixture)('agrees with PyTorch', async () => {
    if (!fixture) return
    const scale = [2, 2] as const
    expectClose(
      reference.upsampleNearest([fixture('upsample_nearest_2x/x')], { scale }).data,
      fixture('upsample_nearest_2x/y').data,
      0,
      'nearest',
    )
    const sums = reference.upsampleNearestGradient([fixture('upsample_nearest_2x/seed')], { scale })
    expectClose(sums.data, fixture('upsample_nearest_2x/d_x').data, 1e-6, 'nearest d_x')
    for (const [name, alignCorners] of [
      ['upsample_bilinear', false],
      ['upsample_bilinear_align_corners', true],
    ] as const) {
      const [x, seed] = [fixture(`${name}/x`), fixture(`${name}/seed`)]
      const forwards: ResizeAttributes = { size: [13, 17], alignCorners }
      const backwards: ResizeGradientAttributes = { inputSize: [5, 6], alignCorners }
      expectClose(reference.resizeBilinear([x], forwards).data, fixture(`${name}/y`).data, 1e-6, name)
      expectClose(
        reference.resizeBilinearGradient([seed], backwards).data,
        fixture(`${name}/d_x`).data,
        1e-6,
        `${name} d_x`,
      )
      await expectAgreement(bilinear, [x], forwards)
      await expectAgreement(bilinearGradient, [seed], backwards)
    }
  })
})
