import { sizeOf } from '@noisescope/core'
import { matchWeights, plainStateDict, type RecognisedModel, type StoredTensor, unrecognised } from '@noisescope/nn'
import { type AdnetOptions, adnet } from './adnet.ts'

/** Weight of the first convolution, by our name and by that of the authors' code. */
const firsts = ['conv_1.weight', 'conv1_1.0.weight']

/**
 * Builds the ADNet that stored tensors are of, whatever its width, channels, biases, and batch norm.
 * Names are ours (`conv_2.weight`, `attention.weight`) or those of the authors' code: `conv1_N.0` and `conv1_N.1` for a block's
 * convolution and batch norm, `conv1_16`, and `conv3` for the attention, with or without `module.`. Colour weights of the
 * authors expect blue, green, red, and are turned round here: the model takes red, green, blue.
 * @param source what the tensors are from, for messages.
 * @throws InputError when they are of another model, or listing every missing, unexpected, misshapen or non-finite tensor.
 */
export function adnetFromStateDict(
  tensors: ReadonlyMap<string, StoredTensor>,
  source = 'the state dict',
): RecognisedModel<AdnetOptions> {
  const plain = withoutPrefix(plainStateDict(tensors))
  const first = firsts.find((name) => plain.get(name)?.shape.length === 4) ?? ''
  const [width = 0, channels = 0] = plain.get(first)?.shape ?? []
  if (channels !== 1 && channels !== 3) {
    throw unrecognised(source, plain, `an ADNet: ${firsts.join(' or ')} of 1 or 3 input channels, and others`)
  }
  const foreign = first !== firsts[0]
  const bias = plain.has(first.replace(/weight$/, 'bias'))
  const batchNorm = [...plain.keys()].some((name) => name.endsWith('.running_mean'))
  const options = { channels, width, bias, batchNorm }
  const model = adnet(options)
  const values = matchWeights(model, plain, source, foreign ? authorsName : (name) => name)
  if (!foreign || channels === 1) return { model, options, values }
  return { model, options, values: new Map([...values].map(([variable, data]) => [variable, inRgb(variable, data)])) }
}

/** Whether stored tensors look like an ADNet's, whatever stands before their names. */
export const isAdnet = (tensors: ReadonlyMap<string, StoredTensor>): boolean => {
  const plain = withoutPrefix(plainStateDict(tensors))
  return plain.has('conv1_1.0.weight') || plain.has('attention.weight')
}

/** The tensors without what all names have before those of the authors' code, such as `netG.`. */
function withoutPrefix(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const [, foreign] = firsts
  const first = [...tensors.keys()].find((name) => name.endsWith(`.${foreign}`))
  const prefix = first?.slice(0, -(foreign?.length ?? 0)) ?? ''
  if (prefix === '' || ![...tensors.keys()].every((name) => name.startsWith(prefix))) return tensors
  return new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

/** What the authors' code calls a variable of ours. */
const authorsName = (name: string): string =>
  name
    .replace(/^conv_16\./, 'conv1_16.')
    .replace(/^conv_(\d+)\./, 'conv1_$1.0.')
    .replace(/^batch_norm_(\d+)\./, 'conv1_$1.1.')
    .replace(/^attention\./, 'conv3.')

/** Axes of weights and biases along which image channels lie: outputs and inputs of a convolution. */
const imageAxes: ReadonlyMap<string, readonly number[]> = new Map([
  ['conv_1.weight', [1]],
  ['conv_16.weight', [0]],
  ['conv_16.bias', [0]],
  ['attention.weight', [0, 1]],
  ['attention.bias', [0]],
])

const COLOURS = 3

/** The values with image channels in the opposite order; where an axis holds two images (the attention's input), in each. */
function inRgb({ name, shape }: { name: string; shape: readonly number[] }, data: Float32Array): Float32Array {
  return (imageAxes.get(name) ?? []).reduce((values, axis) => {
    const extent = shape[axis] ?? 1
    const inner = sizeOf(shape.slice(axis + 1))
    return values.map((_, i) => {
      const channel = Math.floor(i / inner) % extent
      const opposite = channel - (channel % COLOURS) + (COLOURS - 1 - (channel % COLOURS))
      return values[i + (opposite - channel) * inner] as number
    })
  }, data)
}
