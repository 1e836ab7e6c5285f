import { isOfGradient } from '../graph/gradients.ts'
import { type Tensor, topological, variableOf } from '../graph/tensor.ts'
import type { Group } from './fuse.ts'
import { isView, sourceOf } from './view.ts'

/**
 * Which values may lie in memory as f16, with 11 significant bits up to 65504: those that one layer hands to the next. In
 * float32 stay
 * - inputs, outputs and what is assigned to variables, so that nothing outside the program changes its type;
 * - what no later layer takes: the network's result, whose distance from its target is what a loss is made of;
 * - gradients and what is made of them: divided by the number of pixels they would vanish below 6e-8, the least f16;
 * - variables, sums and what is made of these alone (arranged weights, means, deviations): small, and all pixels depend on them;
 * - what its op keeps (`Op.isPrecise`).
 *
 * Schedule -> values.
 * @param roots outputs of the program and values that it assigns.
 */
export function halfValues(schedule: readonly Group[], roots: readonly Tensor[]): ReadonlySet<Tensor> {
  const kept = new Set(roots.map(sourceOf))
  const order = topological([...kept])
  const ofGradient = new Set<Tensor>()
  const ofParameters = new Set<Tensor>()
  for (const tensor of order) {
    if (isOfGradient(tensor) || tensor.inputs.some((input) => ofGradient.has(input))) ofGradient.add(tensor)
    if (isParameter(tensor) || (tensor.op.name !== 'input' && tensor.inputs.every((input) => ofParameters.has(input))))
      ofParameters.add(tensor)
  }
  const feedsLayer = new Set<Tensor>()
  for (const tensor of order.toReversed()) {
    const isLayer = tensor.op.kernel !== undefined
    const handsOn = (tensor.op.pointwise !== undefined || isView(tensor)) && feedsLayer.has(tensor)
    if (!ofGradient.has(tensor) && (isLayer || handsOn)) for (const input of tensor.inputs) feedsLayer.add(input)
  }
  return new Set(
    schedule
      .flatMap(({ stores }) => stores)
      .filter(
        (tensor) =>
          tensor.dtype === 'f32' &&
          !tensor.op.isPrecise &&
          feedsLayer.has(tensor) &&
          !kept.has(tensor) &&
          !ofGradient.has(tensor) &&
          !ofParameters.has(tensor),
      ),
  )
}

/** A variable, or made of many values, as a sum. */
const isParameter = (tensor: Tensor): boolean =>
  variableOf(tensor) !== undefined || tensor.op.headedKernel !== undefined || tensor.op.isStatistic === true
