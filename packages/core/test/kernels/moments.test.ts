import { afterAll, describe, it } from 'vitest'
import { storeTail } from '../../src/kernels/kernel.ts'
import { momentKernel, PARTIAL_PLANES, partialMomentsKernel, usualParts } from '../../src/kernels/moments.wgsl.ts'
import { channelMoment } from '../../src/reference/moments.ts'
import { expectClose } from '../helpers/compare.ts'
import { adapterTraits, closeDevice, runKernel } from './run-kernel.ts'

const FAR = 100

describe.each(['software', 'hardware'] as const)('the moments of channels by the kernels for %s', (kind) => {
  afterAll(closeDevice)

  it.each([
    ['an odd plane', [3, 5, 7, 9], undefined],
    ['planes of several parts', [2, 4, 96, 100], undefined],
    ['one value', [1, 3, 1, 1], undefined],
    ['parts across planes', [5, 2, 4, 6], 7],
    ['more parts than values', [2, 3, 1, 4], 11],
  ] as const)('agree with the reference for %s', async (_, shape, givenParts) => {
    const adapter = { ...(await adapterTraits()), kind }
    const [n, c, h, w] = shape
    const data = Float32Array.from({ length: n * c * h * w }, (_, i) => FAR + Math.sin(i * 0.7))
    const parts = givenParts ?? usualParts(shape, adapter)
    const partialShape = [PARTIAL_PLANES, c, parts]
    const partial = await runKernel(
      partialMomentsKernel({ inputs: [shape], output: partialShape, attributes: { parts }, adapter }, storeTail),
      [data],
      PARTIAL_PLANES * c * parts,
    )
    for (const which of ['mean', 'variance'] as const) {
      const spec = { inputs: [partialShape], output: [1, c, 1, 1], attributes: { which }, adapter }
      const found = await runKernel(momentKernel(spec, storeTail), [partial], c)
      const expected = channelMoment([{ shape, data: Float64Array.from(data) }], { which })
      expectClose(found, expected.data, which, which === 'mean' ? 1e-6 : 1e-4)
    }
  })
})
