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
import { type DncnnOptions, dncnn } from './dncnn.ts'
import { IRCNN_DILATIONS, ircnn } from './ircnn.ts'

/**
 * Builds the DnCNN that stored tensors are of, whatever its depth, width, channels, biases, and batch norm; of dilated
 * convolutions, as the structure says them, the IRCNN.
 * Names are ours (`conv_2.weight`, `batch_norm_2.running_mean`), those of a PyTorch Sequential (`dncnn.N` of SaoYan and of the
 * authors, `model.N` of KAIR, where batch norm is merged), or any others in order.
 * @param source what the tensors are from, for messages.
 * @param known what is known besides: options that the file or the caller gives.
 * @throws InputError when they are of another model, or listing missing, unexpected, misshapen or non-finite tensors.
 */
export function dncnnFromStateDict(
  tensors: ReadonlyMap<string, StoredTensor>,
  source = 'the state dict',
  structure: StoredStructure = {},
  known: Pick<DncnnOptions, 'batchNormEps' | 'dilations'> = {},
): RecognisedModel<DncnnOptions> {
  const plain = plainStateDict(tensors)
  const chain = recogniseChain(plain, source, plainStructure(structure))
  const { depth, width, inputs, outputs, bias, batchNorm } = chain
  const { batchNormEps = chain.batchNormEps, dilations = chain.dilations } = known
  if (inputs !== 1 && inputs !== 3) {
    throw unrecognised(
      source,
      plain,
      `a DnCNN, whose first convolution takes 1 or 3 channels; this one takes ${inputs} (and the last gives ${outputs})`,
    )
  }
  const options: DncnnOptions = {
    depth,
    width,
    channels: inputs,
    bias,
    batchNorm,
    ...(batchNormEps === undefined ? {} : { batchNormEps }),
    ...(dilations === undefined ? {} : { dilations }),
  }
  const model = (dilations?.join() === IRCNN_DILATIONS.join() ? ircnn : dncnn)(options)
  return { model, options, values: matchWeights(model, chain.tensors, source, chain.storedNames(model.layers)) }
}
