import { at, checkDistinct, count, items, list, name, oneOf, type Read, refuse } from './field.ts'
import { INPUT } from './format.ts'
import { jsonObject } from './read-explanation.ts'
import { shapeAt } from './stored.ts'
import { modelOutputs, type TraceLayer, type TraceModel } from './types.ts'

export const readModel: Read<TraceModel> = (field) => {
  const layers = at(field, 'layers')
  const model = {
    name: name(at(field, 'name')),
    options: jsonObject(at(field, 'options')),
    output: oneOf(modelOutputs)(at(field, 'output')),
    parameters: count(at(field, 'parameters')),
    layers: list(readLayer)(layers),
  }
  checkDistinct(items(layers).map((layer) => at(layer, 'name')))
  const sum = model.layers.reduce((total, { parameters }) => total + parameters, 0)
  if (sum !== model.parameters) refuse(at(field, 'parameters'), `the sum over the layers, ${sum}`)
  return model
}

const readLayer: Read<TraceLayer> = (field) => {
  const own = at(field, 'name')
  if (name(own) === INPUT) refuse(own, "another name: 'input' is the model's input")
  return {
    name: name(own),
    kind: name(at(field, 'kind')),
    shape: shapeAt(at(field, 'shape'), [3]),
    parameters: count(at(field, 'parameters')),
  }
}
