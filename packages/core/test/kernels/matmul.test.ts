import { array, assert, asyncProperty, boolean, integer, nat } from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { MatmulAttributes } from '../../src/kernels/attributes.ts'
import { matmulKernel } from '../../src/kernels/matmul.wgsl.ts'
import { matmul } from '../../src/reference/matmul.ts'
import type { OpUnderTest } from './check-op.ts'
import { expectAgreement, fineValues, seeded } from './check-op.ts'
import { closeDevice } from './run-kernel.ts'

const product: OpUnderTest<MatmulAttributes> = { name: 'matmul', reference: matmul, kernel: matmulKernel }

async function expectProduct(
  leading: readonly number[],
  m: number,
  k: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
  seed: number,
): Promise<void> {
  const random = seeded(seed)
  const a = fineValues([...leading, ...(transposeA ? [k, m] : [m, k])], random)
  const b = fineValues([...leading, ...(transposeB ? [n, k] : [k, n])], random)
  await expectAgreement(product, [a, b], { transposeA, transposeB })
}

describe('matmul', () => {
  afterAll(closeDevice)

  it('multiplies a known pair of matrices', () => {
    const a = { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) }
    const b = { shape: [3, 1], data: Float64Array.of(1, 0, -1) }
    expect([...matmul([a, b], { transposeA: false, transposeB: false }).data]).toEqual([-2, -2])
    expect([...matmul([a, a], { transposeA: false, transposeB: true }).data]).toEqual([14, 32, 32, 77])
  })

  it('agrees with the reference for any rank, sizes and transposes', async () => {
    const size = integer({ min: 1, max: 20 })
    const leading = array(integer({ min: 1, max: 3 }), { maxLength: 2 })
    await assert(asyncProperty(leading, size, size, size, boolean(), boolean(), nat(1e6), expectProduct), {
      seed: 1,
      numRuns: 16,
    })
  })

  it('agrees with the reference on more than one tile in every direction', async () => {
    await expectProduct([2], 65, 33, 70, false, false, 2)
    await expectProduct([], 33, 100, 40, true, true, 3)
    await expectProduct([1, 2], 20, 17, 35, true, false, 5)
    await expectProduct([], 1, 300, 50, false, true, 4)
  })
})
