import type { StoredTensor } from '@noisescope/nn'

/** Names of the convolutions in Tassano et al.'s code, whose spelling nobody else has. */
const NAMES = /(^|\.)inter?mediate_dncnn\./

/**
 * Whether stored tensors are of the FFDNet of Tassano et al. 2019 (doi 10.5201/ipol.2019.231, github.com/m-tassano/ffdnet-pytorch):
 * the noise maps come before the image, one for each colour, and the output is the noise.
 * @param inputs channels of the first convolution.
 */
export const hasNoiseMapFirst = (tensors: ReadonlyMap<string, StoredTensor>, inputs: number): boolean =>
  inputs === COLOUR_INPUTS || [...tensors.keys()].some((name) => NAMES.test(name))

/** Three maps and three colours of four pixels each. */
export const COLOUR_INPUTS = 15
/** Pixels of a cell that unshuffling turns into channels of each colour. */
const CELL = 4

/**
 * The weights of a first convolution with its noise map last, as our FFDNet has it. All maps hold the same level, so that one
 * whose weights are the sum of theirs does the same.
 */
export function noiseMapLast({ shape, data }: StoredTensor): StoredTensor {
  const [outputs = 0, inputs = 0, ...kernel] = shape
  const area = kernel.reduce((product, size) => product * size, 1)
  const colours = Math.floor(inputs / (CELL + 1))
  const image = inputs - colours
  const result = new Float32Array(outputs * (image + 1) * area)
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const to = (output * (image + 1) + (input < colours ? image : input - colours)) * area
      const from = (output * inputs + input) * area
      for (let place = 0; place < area; place++)
        result[to + place] = (result[to + place] as number) + (data[from + place] as number)
    }
  }
  return { shape: [outputs, image + 1, ...kernel], data: result }
}
