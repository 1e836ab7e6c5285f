import { abs, gradients, sum, type Tensor } from '@noisescope/core'
import type { TargetGraph } from './explainer.ts'
import type { Target } from './targets.ts'
import { layerOf, type TracedModel } from './traced-model.ts'

/** Operations at a network's end that swallow gradients where they are saturated. */
const SQUASHING: ReadonlySet<string> = new Set(['sigmoid', 'tanh'])

/** Gradients of the sum of T over a batch, whose images do not touch each other: dT_n/dy_n for each n. */
export const gradientsOfSum = (value: Tensor, tensors: readonly Tensor[]): Tensor[] => gradients(sum(value), tensors)

/** The target's graph at one image, and the sums of |gradient| before and behind a squashing end, where there is one. */
export function traceTarget(
  model: TracedModel,
  target: Target,
  { weights, clean }: { readonly weights: Tensor; readonly clean?: Tensor },
  layers: readonly string[],
): { graph: TargetGraph; slopes: Record<string, Tensor> } {
  const value = target.value(model, weights, clean)
  const gradientsOf = (tensors: readonly Tensor[]): Tensor[] => gradients(value, tensors)
  const activations = layers.map((name) => layerOf(model, name))
  const ofLayers = gradientsOf(activations)
  const chosen = layers.flatMap((name, i) => {
    const [activation, gradient] = [activations[i], ofLayers[i]]
    return activation === undefined || gradient === undefined ? [] : [{ name, activation, gradient }]
  })
  const inputs = model.sigma === undefined ? [model.noisy] : [model.noisy, model.sigma]
  const graph: TargetGraph = { ...model, target: value, chosen, inputs, gradients: gradientsOf }
  return { graph, slopes: slopesAtEnd(graph) }
}

function slopesAtEnd({ model, denoised, residual, gradients: gradientsOf }: TargetGraph): Record<string, Tensor> {
  const output = model.output === 'clean' ? denoised : residual
  const [before] = output.inputs
  if (!SQUASHING.has(output.op.name) || before === undefined) return {}
  const [inner, outer] = gradientsOf([before, output])
  return inner === undefined || outer === undefined ? {} : { innerSlope: sum(abs(inner)), outerSlope: sum(abs(outer)) }
}
