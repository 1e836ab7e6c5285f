import { type ModelKind, modelKind, modelNames } from '@noisescope/models'
import { countParameters, type Model, summary } from '@noisescope/nn'
import { type CommonOptions, type Output, table } from './output.ts'

/** Side in pixels of the images for which output shapes are shown, where any will do. */
const SHOWN_SIDE = 64

/** Lists the models, or shows one: its layers as a table, and how it is trained. */
export function modelsCommand(name: string | undefined, _: CommonOptions, output: Output): void {
  if (name === undefined) listModels(output)
  else showModel(modelKind(name), output)
}

function listModels(output: Output): void {
  const kinds = modelNames.map((each) => modelKind(each))
  const models = kinds.map((kind) => ({ name: kind.name, ...factsOf(kind.build({})) }))
  const rows = models.map(({ name, parameters, layers, output: gives, seesPixels }) => [
    name,
    parameters.toLocaleString('en'),
    String(layers),
    gives === 'clean' ? 'clean image' : 'noise',
    seesPixels === null ? 'all' : `${seesPixels}x${seesPixels}`,
  ])
  for (const line of table([['model', 'parameters', 'layers', 'puts out', 'pixels seen'], ...rows])) output.line(line)
  output.line('noisescope models NAME shows its layers and its recipe.')
  output.result(models)
}

function showModel(kind: ModelKind, output: Output): void {
  const model = kind.build({})
  const side = kind.takes === 'tiles' ? kind.tile : SHOWN_SIDE
  const recipe = kind.takes === 'tiles' ? kind.recipe : kind.recipe({})
  output.line(summary(model, [1, model.channels, side, side]))
  output.line('')
  output.line(`Recipe: ${JSON.stringify(recipe, undefined, 2)}`)
  output.result({ name: kind.name, ...factsOf(model), recipe })
}

const factsOf = (model: Model) => ({
  parameters: countParameters(model.layers),
  layers: model.layers.length,
  output: model.output,
  seesPixels: model.receptiveRadius === undefined ? null : 2 * model.receptiveRadius + 1,
})
