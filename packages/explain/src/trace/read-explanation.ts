import { type Shape, shown } from '@noisescope/core'
import {
  anything,
  at,
  type Field,
  flag,
  interval,
  list,
  measured,
  name,
  number,
  oneOf,
  optional,
  type Read,
  refuse,
  table,
  text,
} from './field.ts'
import { INPUT } from './format.ts'
import { type Stored, shapeAt, withTensor } from './stored.ts'
import {
  type JsonObject,
  mapStatuses,
  outputTargetKinds,
  type TraceCompleteness,
  type TraceExplanation,
  type TraceLayer,
  type TraceMap,
  type TraceMask,
  type TraceTarget,
  targetImages,
  type ValueRange,
} from './types.ts'

/** What the parts of a document are checked against. */
export interface Context {
  readonly stored: Stored
  /** [c, h, w] of the images. */
  readonly image: Shape
  readonly layers: ReadonlyMap<string, TraceLayer>
}

export const jsonObject: Read<JsonObject> = table(anything)

export const range: Read<ValueRange> = (field) => (field.value === null ? null : interval(field))

/** The layer that a field names. */
export function layerAt(field: Field, { layers }: Context): TraceLayer {
  return layers.get(name(field)) ?? refuse(field, `a layer of the model: ${shown([...layers.keys()].join(', '))}`)
}

export const readExplanation =
  (context: Context): Read<TraceExplanation> =>
  (field) => ({
    method: name(at(field, 'method')),
    title: name(at(field, 'title')),
    options: jsonObject(at(field, 'options')),
    target: readTarget(at(field, 'target'), context),
    ...optional(field, 'value', measured),
    maps: list(readMap(context))(at(field, 'maps')),
    ...optional(field, 'completeness', readCompleteness),
    values: table(measured)(at(field, 'values')),
  })

function readTarget(field: Field, context: Context): TraceTarget {
  const kind = oneOf([...outputTargetKinds, 'channel'])(at(field, 'kind'))
  const of = at(field, 'of')
  return {
    ...(kind === 'channel' ? { kind, of: layerAt(of, context).name } : { kind, of: oneOf(targetImages)(of) }),
    text: text(at(field, 'text')),
    numbers: table(number)(at(field, 'numbers')),
    ...optional(field, 'masks', list(readMask(context))),
  }
}

const readMask =
  ({ stored, image }: Context): Read<TraceMask> =>
  (field) =>
    withTensor(field, stored, {
      name: name(at(field, 'name')),
      shape: shapeAt(at(field, 'shape'), [2], image.slice(1)),
    })

const readMap =
  (context: Context): Read<TraceMap> =>
  (field) => {
    const of = at(field, 'name')
    return withTensor(field, context.stored, {
      name: of.value === INPUT ? INPUT : layerAt(of, context).name,
      ...optional(field, 'title', name),
      shape: shapeAt(at(field, 'shape'), [2, 3]),
      signed: flag(at(field, 'signed')),
      units: name(at(field, 'units')),
      range: range(at(field, 'range')),
      status: oneOf(mapStatuses)(at(field, 'status')),
    })
  }

const readCompleteness: Read<TraceCompleteness> = (field) => ({
  expected: measured(at(field, 'expected')),
  actual: measured(at(field, 'actual')),
  gap: measured(at(field, 'gap')),
  relative: measured(at(field, 'relative')),
})
