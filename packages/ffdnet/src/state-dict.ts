import {
  matchWeights,
  plainStateDict,
  plainStructure,
  type RecognisedModel,
  recogniseChain,
  type StoredStructure,
  type StoredTensor,
  unrecognised,
} from '@noisescope/nn'
import { chainOf, type FfdnetOptions, ffdnet } from './ffdnet.ts'
import { COLOUR_INPUTS, hasNoiseMapFirst, noiseMapLast } from './noise-map-first.ts'

/** Image channels by what the first convolution takes: the pixels of a cell and the noise level, or Tassano's three of them. */
const CHANNELS: ReadonlyMap<number, 1 | 3> = new Map([
  [5, 1],
  [13, 3],
  [COLOUR_INPUTS, 3],
])

/**
 * Builds the FFDNet that stored tensors are of, whatever its depth, width, channels, biases, and batch norm.
 * Names are ours (`conv_2.weight`), those of a PyTorch Sequential (`model.N` of KAIR and cszn, where the noise level is the last
 * input channel and the output the clean image), any others in order, or those of Tassano et al.
 * (`intermediate_dncnn.itermediate_dncnn.N`, where the level comes first and the output is the noise). Unshuffled pixels are in
 * PyTorch's order in all of them.
 * @param source what the tensors are from, for messages.
 * @param known what is known besides: options that the file or the caller gives.
 * @throws InputError when they are of another model, or listing missing, unexpected, misshapen or non-finite tensors.
 */
export function ffdnetFromStateDict(
  tensors: ReadonlyMap<string, StoredTensor>,
  source = 'the state dict',
  structure: StoredStructure = {},
  known: Pick<FfdnetOptions, 'batchNormEps' | 'output'> = {},
): RecognisedModel<FfdnetOptions> {
  const plain = plainStateDict(tensors)
  const chain = recogniseChain(plain, source, plainStructure(structure))
  const { depth, width, inputs, outputs, bias, batchNorm } = chain
  const channels = CHANNELS.get(inputs)
  if (channels === undefined) {
    throw unrecognised(
      source,
      plain,
      `an FFDNet, whose first convolution takes 5 (grey) or 13 (colour) channels; this one takes ${inputs} (and the last gives ${outputs})`,
    )
  }
  const mapFirst = hasNoiseMapFirst(plain, inputs)
  const { batchNormEps = chain.batchNormEps, output = mapFirst ? 'residual' : undefined } = known
  const options: FfdnetOptions = {
    depth,
    width,
    channels,
    bias,
    batchNorm,
    ...(batchNormEps === undefined ? {} : { batchNormEps }),
    ...(output === undefined ? {} : { output }),
  }
  const model = ffdnet(options)
  const nameOf = chain.storedNames(chainOf(model))
  const stored = mapFirst ? withNoiseMapLast(chain.tensors, nameOf('conv_1.weight')) : chain.tensors
  return { model, options, values: matchWeights(model, stored, source, nameOf) }
}

const withNoiseMapLast = (
  tensors: ReadonlyMap<string, StoredTensor>,
  first: string,
): ReadonlyMap<string, StoredTensor> =>
  new Map([...tensors].map(([name, tensor]) => [name, name === first ? noiseMapLast(tensor) : tensor]))
