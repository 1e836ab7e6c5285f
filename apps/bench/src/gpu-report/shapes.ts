import { convolutionOperations } from '@noisescope/core'

/** A convolution with zero padding that keeps the size. */
export interface ConvolutionShape {
  readonly images: number
  readonly inputs: number
  readonly outputs: number
  readonly height: number
  readonly width: number
  /** Height and width of the filter. */
  readonly kernel: number
  /** Of the forward pass, a multiply-add being two; both gradients take as many. */
  readonly operations: number
}

function shape(images: number, inputs: number, outputs: number, size: readonly [number, number], kernel = 3) {
  const [height, width] = size
  const filter = { c: inputs, k: outputs, r: kernel, s: kernel }
  const operations = convolutionOperations({ n: images, h: height, w: width, oh: height, ow: width, ...filter })
  return { images, inputs, outputs, height, width, kernel, operations }
}

/** Layers of the networks here: what users run. */
export const shapes: readonly ConvolutionShape[] = [
  shape(1, 64, 64, [180, 180]),
  shape(48, 64, 64, [28, 28]),
  shape(1, 64, 64, [256, 256]),
  shape(32, 64, 64, [40, 40]),
  shape(1, 1, 64, [256, 256]),
  shape(1, 64, 1, [256, 256]),
  shape(1, 32, 32, [256, 256]),
  shape(48, 64, 32, [14, 14]),
  shape(48, 32, 16, [7, 7]),
  shape(1, 64, 64, [256, 256], 1),
]
