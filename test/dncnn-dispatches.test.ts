import { dncnn } from '@noisescope/dncnn'
import { describe, expect, it } from 'vitest'
import { testDevice } from './helpers/shared.ts'

/** How many kernels of each kind the evaluation of a network runs. */
async function kernelsOf(model: ReturnType<typeof dncnn>): Promise<Record<string, number>> {
  const device = await testDevice()
  using program = await device.compile(({ noisy }) => ({ y: model.forward(noisy) }), { noisy: [1, 1, 16, 16] })
  const kinds: Record<string, number> = { convolution: 0, 'arrange-weights': 0, 'per channel': 0 }
  for (const { name } of program.kernels) {
    const kind = name.startsWith('arrange-weights')
      ? name.split(' ')[0]
      : name.startsWith('elementwise')
        ? 'per channel'
        : 'convolution'
    kinds[kind as string] = (kinds[kind as string] ?? 0) + 1
  }
  return kinds
}

describe('the evaluation of a DnCNN', () => {
  it('runs one kernel for each convolution, which takes bias, batch norm and ReLU with it, and one for its scale', async () => {
    const depth = 6
    const convolutions = { convolution: depth, 'per channel': 0 }
    for (const bias of ['none', 'all'] as const) {
      const plain = await kernelsOf(dncnn({ depth, width: 8, bias, batchNorm: false }))
      expect(plain, `bias ${bias}`).toMatchObject(convolutions)
      expect(plain['arrange-weights']).toBeLessThanOrEqual(depth)
      const normalised = await kernelsOf(dncnn({ depth, width: 8, bias, batchNorm: true }))
      expect(normalised, `bias ${bias}`).toEqual({ ...plain, 'per channel': depth - 2 })
    }
  })
})
