import { checkOutput, checkSameOutput } from '../convolution-chain/checks.ts'
import { dncnnOperations } from '../convolution-chain/dncnn-chain.ts'
import { explanationTask } from '../explanation/workload.ts'
import { type Variant, workload } from '../workload.ts'

interface Size extends Variant {
  /** Height and width in pixels. */
  readonly side: number
}

/** Forward and input gradient. */
const PASSES = 2

const size = (side: number, when: Variant['when']): Size => ({
  name: `${side}x${side}`,
  items: 1,
  operations: PASSES * dncnnOperations(side ** 2),
  when,
  side,
})

/**
 * A row of the denoiser's Jacobian, which peers compute as the gradient of one pixel; ours takes the share of every bias from
 * the same gradients besides.
 */
export const pixelFilter = workload({
  name: 'pixel-filter',
  title: 'the pixel filter (gradient of one output pixel) of DnCNN (17 layers, 64 channels)',
  unit: 'filters',
  variants: [size(128, 'full'), size(32, 'quick')],
  task: async ({ side }: Size) => explanationTask('pixel-filter', side),
  sides: {
    noisescope: { quick: true, load: async () => (await import('../explanation/noisescope.ts')).noisescope },
    'jax-js': { quick: true, load: async () => (await import('./jax.ts')).jax },
    'tfjs-webgpu': { quick: false, load: async () => (await import('./tfjs.ts')).tfjs },
  },
  check: checkOutput,
  checkSame: checkSameOutput,
})
