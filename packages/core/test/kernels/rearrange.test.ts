import { array, assert, asyncProperty, constantFrom, integer, nat, record, tuple } from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import type {
  ConcatAttributes,
  PadAttributes,
  ShuffleAttributes,
  SliceAttributes,
} from '../../src/kernels/attributes.ts'
import {
  concatKernel,
  padGradientKernel,
  padKernel,
  pixelShuffleKernel,
  pixelUnshuffleKernel,
  sliceKernel,
} from '../../src/kernels/rearrange.wgsl.ts'
import * as reference from '../../src/reference/rearrange.ts'
import type { OpUnderTest } from './check-op.ts'
import { expectAgreement, expectClose, fineValues, seeded } from './check-op.ts'
import { opFixtures } from './fixtures.ts'
import { closeDevice } from './run-kernel.ts'

const shuffle: OpUnderTest<ShuffleAttributes> = {
  name: 'pixelShuffle',
  reference: reference.pixelShuffle,
  kernel: pixelShuffleKernel,
  exact: true,
}
const unshuffle: OpUnderTest<ShuffleAttributes> = {
  name: 'pixelUnshuffle',
  reference: reference.pixelUnshuffle,
  kernel: pixelUnshuffleKernel,
  exact: true,
}
const concat: OpUnderTest<ConcatAttributes> = {
  name: 'concat',
  reference: reference.concat,
  kernel: concatKernel,
  exact: true,
}
const slice: OpUnderTest<SliceAttributes> = {
  name: 'slice',
  reference: reference.slice,
  kernel: sliceKernel,
  exact: true,
}
const pad: OpUnderTest<PadAttributes> = { name: 'pad', reference: reference.pad, kernel: padKernel, exact: true }
const padGradient: OpUnderTest<PadAttributes> = {
  name: 'padGradient',
  reference: reference.padGradient,
  kernel: padGradientKernel,
}

const anyShape = array(integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })

const fixture = await opFixtures()

describe('moving elements', () => {
  afterAll(closeDevice)

  it('shuffles pixels as the reference does, and back', async () => {
    const sizes = tuple(
      integer({ min: 1, max: 2 }),
      integer({ min: 1, max: 3 }),
      integer({ min: 1, max: 7 }),
      integer({ min: 1, max: 7 }),
    )
    await assert(
      asyncProperty(sizes, integer({ min: 1, max: 4 }), nat(1e6), async ([n, c, h, w], factor, seed) => {
        const random = seeded(seed)
        await expectAgreement(shuffle, [fineValues([n, c * factor ** 2, h, w], random)], { factor })
        await expectAgreement(unshuffle, [fineValues([n, c, h * factor, w * factor], random)], { factor })
      }),
      { seed: 1, numRuns: 8 },
    )
  })

  it('joins one to six tensors of any rank along any axis', async () => {
    const extents = array(integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 })
    await assert(
      asyncProperty(anyShape, nat(3), extents, nat(1e6), async (shape, chosen, sizes, seed) => {
        const random = seeded(seed)
        const axis = chosen % shape.length
        await expectAgreement(
          concat,
          sizes.map((size) => fineValues(shape.with(axis, size), random)),
          { axis },
        )
      }),
      { seed: 2, numRuns: 12 },
    )
  })

  it('cuts any box out of a tensor of any rank', async () => {
    const boxes = array(record({ start: nat(4), size: integer({ min: 1, max: 6 }), rest: nat(3) }), {
      minLength: 1,
      maxLength: 4,
    })
    await assert(
      asyncProperty(boxes, nat(1e6), async (box, seed) => {
        const x = fineValues(
          box.map(({ start, size, rest }) => start + size + rest),
          seeded(seed),
        )
        await expectAgreement(slice, [x], { start: box.map(({ start }) => start), size: box.map(({ size }) => size) })
      }),
      { seed: 3, numRuns: 10 },
    )
  })

  it('pads in every mode as the reference does, and its gradient is the transpose', async () => {
    const mode = constantFrom('zero' as const, 'reflect' as const, 'edge' as const)
    const margins = array(tuple(nat(6), nat(6)), { minLength: 4, maxLength: 4 })
    await assert(
      asyncProperty(anyShape, mode, margins, nat(1e6), async (shape, mode, sides, seed) => {
        const random = seeded(seed)
        const limit = (margin: number, axis: number): number =>
          mode === 'reflect' ? margin % (shape[axis] ?? 1) : margin % 4
        const attributes: PadAttributes = {
          mode,
          before: shape.map((_, axis) => limit(sides[axis]?.[0] ?? 0, axis)),
          after: shape.map((_, axis) => limit(sides[axis]?.[1] ?? 0, axis)),
        }
        const x = fineValues(shape, random)
        await expectAgreement(pad, [x], attributes)
        await expectAgreement(padGradient, [fineValues(reference.pad([x], attributes).shape, random)], attributes)
      }),
      { seed: 4, numRuns: 24 },
    )
  })

  it.runIf(fixture)('shuffles channels in the order of PyTorch', async () => {
    if (!fixture) return
    const factor = 2
    for (const [name, forwards, backwards] of [
      ['pixel_shuffle_2', shuffle, unshuffle],
      ['pixel_unshuffle_2', unshuffle, shuffle],
    ] as const) {
      const [x, seed] = [fixture(`${name}/x`), fixture(`${name}/seed`)]
      expectClose(forwards.reference([x], { factor }).data, fixture(`${name}/y`).data, 0, name)
      expectClose(backwards.reference([seed], { factor }).data, fixture(`${name}/d_x`).data, 0, `${name} d_x`)
      await expectAgreement(forwards, [x], { factor })
    }
  })
})
