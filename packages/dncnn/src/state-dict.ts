import {
  matchWeights,
  plainStateDict,
  type RecognisedModel,
  recogniseChain,
  type StoredTensor,
  unrecognised,
} from '@noisescope/nn'
import { type DncnnOptions, dncnn } from './dncnn.ts'

/**
 * Builds the DnCNN that stored tensors are of, whatever its depth, width, channels, biases, and batch norm.
 * Names are ours (`conv_2.weight`, `batch_norm_2.running_mean`) or those of a PyTorch Sequential: `dncnn.N` (SaoYan), `model.N`
 * (KAIR, where batch norm is merged), with or without `module.`.
 * @param source what the tensors are from, for messages.
 * @throws InputError when they are of another model, or listing every missing, unexpected, misshapen or non-finite tensor.
 */
export function dncnnFromStateDict(
  tensors: ReadonlyMap<string, StoredTensor>,
  source = 'the state dict',
): RecognisedModel<DncnnOptions> {
  const plain = plainStateDict(tensors)
  const { depth, width, inputs, outputs, bias, batchNorm, storedNames } = recogniseChain(plain, source)
  if (inputs !== 1 && inputs !== 3) {
    throw unrecognised(
      source,
      plain,
      `a DnCNN, whose first convolution takes 1 or 3 channels; this one takes ${inputs} (and the last gives ${outputs})`,
    )
  }
  const options = { depth, width, channels: inputs, bias, batchNorm }
  const model = dncnn(options)
  return { model, options, values: matchWeights(model, plain, source, storedNames(model.layers)) }
}
