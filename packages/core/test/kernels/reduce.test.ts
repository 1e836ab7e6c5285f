import { array, assert, asyncProperty, constantFrom, integer, nat, subarray } from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import type { ReduceAttributes } from '../../src/kernels/attributes.ts'
import { reduceKernel } from '../../src/kernels/reduce.wgsl.ts'
import { reduce } from '../../src/reference/reduce.ts'
import type { OpUnderTest } from './check-op.ts'
import { expectAgreement, fineValues, loadHead, seeded } from './check-op.ts'
import { closeDevice } from './run-kernel.ts'

const reduction: OpUnderTest<ReduceAttributes> = {
  name: 'reduce',
  reference: reduce,
  kernel: (spec, tail) => reduceKernel(spec, tail, loadHead),
}

async function expectReduction(
  shape: readonly number[],
  axes: readonly number[],
  kind: ReduceAttributes['kind'],
  seed: number,
): Promise<void> {
  const x = fineValues(shape, seeded(seed))
  // Offset, so that sums do not cancel and the tolerance means something.
  await expectAgreement(reduction, [{ shape, data: x.data.map((value) => value + 0.5) }], { kind, axes })
}

const kind = constantFrom('sum' as const, 'min' as const, 'max' as const)

describe('reduce', () => {
  afterAll(closeDevice)

  it('agrees with the reference for any shape, axes and kind', async () => {
    const shapes = array(integer({ min: 1, max: 9 }), { maxLength: 4 })
    await assert(
      asyncProperty(shapes, subarray([0, 1, 2, 3]), kind, nat(1e6), (shape, axes, how, seed) =>
        expectReduction(
          shape,
          axes.filter((axis) => axis < shape.length),
          how,
          seed,
        ),
      ),
      { seed: 1, numRuns: 25 },
    )
  })

  it('agrees with the reference where workgroups share an output, and where there are many outputs', async () => {
    await expectReduction([6, 5, 28, 28], [0, 2, 3], 'sum', 2)
    await expectReduction([3, 70, 4, 5], [1], 'max', 3)
    await expectReduction([3, 70, 4, 5], [1, 3], 'min', 4)
    await expectReduction([50000], [0], 'sum', 5)
    await expectReduction([3, 2, 66, 50], [0, 2], 'sum', 6)
    await expectReduction([8200, 65], [1], 'sum', 7)
  })
})
