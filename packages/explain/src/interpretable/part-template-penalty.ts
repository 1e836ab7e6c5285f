import { add, InputError, mul, type Shape, type Tensor } from '@noisescope/core'
import { layerSummaries, type Model, type TrainingRun } from '@noisescope/nn'
import { ofFixedMean, partMaps, partTemplateLoss } from './part-template-loss.ts'

/** Which layers are to have interpretable filters, and how much that counts. */
export interface PartTemplateOptions {
  readonly layers: readonly string[]
  /** What the layers' losses are multiplied with before they are added to the run's own loss. */
  readonly weight: number
}

/**
 * The penalty of a training run that makes filters of layers interpretable: weight x the sum of the layers' part-template
 * losses, with the maps as they are in training, each filter's at a fixed mean: without that, a training lowers the loss by
 * activations a thousand times as large, and denoises worse.
 * @param input shape of a batch of the run, [n, c, h, w].
 * @throws InputError when no layer is given, one twice, one that the model has not or whose maps do not fit, or the weight
 *   is below 0.
 */
export function partTemplatePenalty(
  model: Model,
  input: Shape,
  { layers, weight }: PartTemplateOptions,
): NonNullable<TrainingRun['penalty']> {
  if (!(Number.isFinite(weight) && weight >= 0)) {
    throw new InputError(`the weight of the part-template loss is ${weight}; expected a number from 0 up`)
  }
  if (layers.length === 0) throw new InputError('there is no layer for interpretable filters; expected at least one')
  const summaries = layerSummaries(model, input)
  for (const [i, layer] of layers.entries()) {
    const found = summaries.find(({ name }) => name === layer)
    if (found === undefined) {
      const names = summaries.map(({ name }) => name).join(', ')
      throw new InputError(`the ${model.name} has no layer ${layer || "''"}; it has ${names}`)
    }
    if (layers.indexOf(layer) !== i)
      throw new InputError(`the layer ${layer} is to be interpretable twice; name it once`)
    partMaps(found.output, layer)
  }
  return {
    name: `${weight} x part-template loss of ${layers.join(', ')}`,
    of: (taps) =>
      mul(
        weight,
        layers.map((layer) => partTemplateLoss(ofFixedMean(tapped(taps, layer)))).reduce((a, b) => add(a, b)),
      ),
  }
}

function tapped(taps: Readonly<Record<string, Tensor>>, layer: string): Tensor {
  const found = taps[layer]
  if (found === undefined) throw new InputError(`the layer ${layer} put nothing out`)
  return found
}
