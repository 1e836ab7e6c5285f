import { checkOutput, checkSameOutput } from '../convolution-chain/checks.ts'
import { DEPTH, dncnnChain, dncnnOperations, WIDTH } from '../convolution-chain/dncnn-chain.ts'
import { chainSides } from '../convolution-chain/sides.ts'
import { type Variant, workload } from '../workload.ts'

interface Size extends Variant {
  /** Height and width in pixels. */
  readonly side: number
}

const MEGA = 1e6

const size = (side: number, when: Variant['when']): Size => ({
  name: `${side}x${side}`,
  items: side ** 2 / MEGA,
  operations: dncnnOperations(side ** 2),
  when,
  side,
})

/** One image through DnCNN-S. */
export const dncnnImage = workload({
  name: 'dncnn-image',
  title: `DnCNN (${DEPTH} layers, ${WIDTH} channels, batch norm folded) on one grey image`,
  unit: 'megapixels',
  variants: [size(256, 'full'), size(64, 'quick')],
  task: async ({ side }: Size) => dncnnChain(side, side),
  sides: chainSides,
  check: checkOutput,
  checkSame: checkSameOutput,
})
