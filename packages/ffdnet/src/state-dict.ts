import {
  matchWeights,
  plainStateDict,
  type RecognisedModel,
  recogniseChain,
  type StoredTensor,
  unrecognised,
} from '@noisescope/nn'
import { chainOf, type FfdnetOptions, ffdnet } from './ffdnet.ts'

/**
 * Builds the FFDNet that stored tensors are of, whatever its depth, width, channels, biases, and batch norm.
 * Names are ours (`conv_2.weight`) or those of a PyTorch Sequential, `model.N` (KAIR, cszn), with or without `module.`. The
 * noise level is the last input channel, unshuffled pixels are in PyTorch's order.
 * @param source what the tensors are from, for messages.
 * @throws InputError when they are of another model, or listing every missing, unexpected, misshapen or non-finite tensor.
 */
export function ffdnetFromStateDict(
  tensors: ReadonlyMap<string, StoredTensor>,
  source = 'the state dict',
): RecognisedModel<FfdnetOptions> {
  const plain = plainStateDict(tensors)
  const { depth, width, inputs, outputs, bias, batchNorm, storedNames } = recogniseChain(plain, source)
  if (inputs !== 5 && inputs !== 13) {
    throw unrecognised(
      source,
      plain,
      `an FFDNet, whose first convolution takes 5 (grey) or 13 (colour) channels; this one takes ${inputs} (and the last gives ${outputs})`,
    )
  }
  const options = { depth, width, channels: inputs === 5 ? 1 : 3, bias, batchNorm }
  const model = ffdnet(options)
  return { model, options, values: matchWeights(model, plain, source, storedNames(chainOf(model))) }
}
