import { conv2dLayer, heNormal, type Model, sequence } from '@noisescope/nn'
import { checkOutput, checkSameOutput } from '../convolution-chain/checks.ts'
import { chainSides } from '../convolution-chain/sides.ts'
import { chainOperations, chainTask } from '../convolution-chain/task.ts'
import { type Variant, workload } from '../workload.ts'

/** The channels between the layers of DnCNN. */
const CHANNELS = 64
const SEED = 1

interface Size extends Variant {
  readonly images: number
  readonly height: number
  readonly width: number
}

/** @param height and width in pixels. */
function size(images: number, height: number, width: number, when: Variant['when']): Size {
  const pixels = images * height * width
  return {
    name: `${height}x${width}${images === 1 ? '' : `, batch ${images}`}`,
    items: images,
    operations: chainOperations([CHANNELS, CHANNELS], pixels),
    when,
    images,
    height,
    width,
  }
}

/** One layer of DnCNN as a network of its own. */
function oneConvolution(): Model {
  const layers = [
    conv2dLayer({
      name: 'conv',
      inputs: CHANNELS,
      outputs: CHANNELS,
      activation: 'relu',
      initialiser: heNormal,
      seed: SEED,
      stream: 0,
    }),
  ]
  return {
    name: 'convolution',
    layers,
    channels: CHANNELS,
    output: 'clean',
    multiple: 1,
    receptiveRadius: 1,
    forward: (x, options = {}) => sequence(layers, x, options),
  }
}

/** The middle layer of most denoisers, alone. 481x321 is a BSD photograph that stands upright, height first. */
export const convolution = workload({
  name: 'convolution',
  title: 'a 3x3 convolution of 64 to 64 channels with bias and ReLU',
  unit: 'images',
  variants: [size(1, 180, 180, 'always'), size(48, 28, 28, 'full'), size(1, 481, 321, 'full')],
  task: async ({ images, height, width }: Size) =>
    chainTask(oneConvolution(), { images, height, width, reluLast: true }),
  sides: chainSides,
  check: checkOutput,
  checkSame: checkSameOutput,
})
