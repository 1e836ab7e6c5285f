import type { Tuned } from '@noisescope/core'
import { expect, it } from 'vitest'
import type { AdapterFacts } from '../src/gpu-report/adapter-facts.ts'
import type { ConvolutionShape } from '../src/gpu-report/shapes.ts'
import { shapes } from '../src/gpu-report/shapes.ts'
import { runChild } from '../src/processes/run-child.ts'

/** Every algorithm's kernel is compiled (milliseconds). */
const PATIENCE = 1_200_000

const moduleOf = (name: string): URL => new URL(`../src/gpu-report/${name}`, import.meta.url)

it('counts the multiply-adds of its convolutions', () => {
  expect(shapes[0]).toMatchObject({ height: 180, width: 180, operations: 2 * 9 * 64 * 64 * 180 * 180 })
})

it(
  'times the algorithms of a convolution and of both its gradients, and names winners among them',
  async () => {
    const shape = { images: 1, inputs: 8, outputs: 16, height: 8, width: 8, kernel: 3, operations: 0 }
    const tuned = await runChild<ConvolutionShape, Tuned[]>(moduleOf('algorithms.ts'), shape)
    expect(tuned.map(({ key }) => key.split(' ').slice(0, 2).join(' '))).toEqual([
      'conv2d 1x8x8x8',
      'conv2d 1x16x8x8',
      'conv2dWeightGradient 1x8x8x8',
    ])
    for (const { winner, milliseconds } of tuned) expect(milliseconds[winner]).toBeGreaterThan(0)
  },
  PATIENCE,
)

it('lists what the adapter says of itself, by the names of WebGPU', async () => {
  const { info, features, limits } = await runChild<object, AdapterFacts>(moduleOf('adapter-facts.ts'), {})
  expect(info).toHaveProperty('vendor')
  expect(features).toContain('core-features-and-limits')
  expect(limits.maxBindGroups).toBeGreaterThanOrEqual(4)
})
