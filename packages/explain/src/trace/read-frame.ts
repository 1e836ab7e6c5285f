import {
  at,
  checkAscending,
  checkDistinct,
  count,
  type Field,
  interval,
  items,
  list,
  measured,
  name,
  number,
  oneOf,
  optional,
  type Read,
  refuse,
  text,
} from './field.ts'
import { type Context, layerAt, range, readExplanation } from './read-explanation.ts'
import { readImage } from './read-image.ts'
import { shapeAt, withQuantisedTensor, withTensor } from './stored.ts'
import type { TraceActivation, TraceFrame, TraceScore } from './types.ts'

export const readFrame =
  (context: Context): Read<TraceFrame> =>
  (field) => {
    const image = readImage(context.stored, context.image)
    const activations = at(field, 'activations')
    const frame = {
      ...optional(field, 'label', name),
      ...optional(field, 'step', count),
      ...optional(field, 'denoised', image),
      ...optional(field, 'residual', image),
      ...optional(field, 'error', image),
      activations: list(readActivation(context))(activations),
      explanations: list(readExplanation(context))(at(field, 'explanations')),
      scores: list(readScore)(at(field, 'scores')),
    }
    checkDistinct(items(activations).map((activation) => at(activation, 'layer')))
    return frame
  }

const readActivation =
  (context: Context): Read<TraceActivation> =>
  (field) => {
    const encoding = oneOf(['float32', 'uint8'])(at(field, 'encoding'))
    const layer = layerAt(at(field, 'layer'), context)
    const description = {
      layer: layer.name,
      shape: shapeAt(at(field, 'shape'), [3], layer.shape),
      range: range(at(field, 'range')),
      dead: readChannels(at(field, 'dead'), layer.shape[0] as number),
    }
    if (encoding === 'float32')
      return withTensor(field, context.stored, { ...description, ...optional(field, 'error', readError) })
    return withQuantisedTensor(field, context.stored, { ...description, error: readError(at(field, 'error')) })
  }

const readError: Read<number> = (field) => {
  const error = number(field)
  return error >= 0 ? error : refuse(field, 'a number of at least 0')
}

function readChannels(field: Field, channels: number): number[] {
  const indices = items(field).map((item) => {
    const index = count(item)
    return index < channels ? index : refuse(item, `a channel of the layer: 0 to ${channels - 1}`)
  })
  checkAscending(field, indices)
  return indices
}

const readScore: Read<TraceScore> = (field) => ({
  name: name(at(field, 'name')),
  value: measured(at(field, 'value')),
  ...optional(field, 'interval', interval),
  ...optional(field, 'units', name),
  ...optional(field, 'note', text),
})
