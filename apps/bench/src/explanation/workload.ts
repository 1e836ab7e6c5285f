import { checkOutput, checkSameOutput } from '../convolution-chain/checks.ts'
import { dncnnChain } from '../convolution-chain/dncnn-chain.ts'
import type { ChainTask } from '../convolution-chain/task.ts'
import { type Variant, workload } from '../workload.ts'

/** What is explained: one pixel of the denoised image. */
export interface ExplanationTask extends ChainTask {
  readonly method: 'fullgrad' | 'layercam' | 'pixel-filter'
  readonly x: number
  readonly y: number
}

interface Explained extends Variant {
  readonly method: ExplanationTask['method']
  /** Height and width in pixels. */
  readonly side: number
}

/** The task of a method on a square image: its middle pixel is the target. */
export function explanationTask(method: ExplanationTask['method'], side: number): ExplanationTask {
  const middle = side / 2
  return { ...dncnnChain(side, side), method, x: middle, y: middle }
}

const explained = (method: Explained['method'], side: number, when: Variant['when']): Explained => ({
  name: `${method}, ${side}x${side}`,
  items: 1,
  when,
  method,
  side,
})

/** Explanations with maps of all layers, which no peer has. */
export const explanation = workload({
  name: 'explanation',
  title: 'an explanation of one pixel of DnCNN (17 layers, 64 channels) with maps of all layers',
  unit: 'explanations',
  variants: [
    explained('fullgrad', 128, 'full'),
    explained('layercam', 128, 'full'),
    explained('fullgrad', 32, 'quick'),
    explained('layercam', 32, 'quick'),
  ],
  task: async ({ method, side }: Explained) => explanationTask(method, side),
  sides: { noisescope: { quick: true, load: async () => (await import('./noisescope.ts')).noisescope } },
  check: checkOutput,
  checkSame: checkSameOutput,
})
