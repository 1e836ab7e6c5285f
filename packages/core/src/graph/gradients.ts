import { ShapeError } from '../errors.ts'
import { add, fill } from '../ops/elementwise.ts'
import { showShape, sizeOf } from '../shape.ts'
import { inLayer, type Tensor, topological } from './tensor.ts'

/** What the layer of a gradient is called, below the layer whose gradient it is. */
const GRADIENT = '/gradient'

/** The layer that a kernel's path leads to, whether the kernel computes it or its gradient. */
export const layerOfPath = (path: string): string => {
  let layer = path
  while (layer.endsWith(GRADIENT)) layer = layer.slice(0, -GRADIENT.length)
  return layer
}

/** Whether `gradients` made a tensor. */
export const isOfGradient = ({ layer }: Tensor): boolean => layer.endsWith(GRADIENT)

/**
 * Gradients of a scalar with respect to any tensors of its graph, as more nodes of the same graph (reverse mode).
 * A tensor that the scalar does not depend on has gradient zero.
 * @param seed gradient of the scalar itself, or, for an output of any shape, the vector of a vector-Jacobian product.
 * @throws ShapeError when `output` is no scalar and there is no seed, or the seed's shape differs.
 */
export function gradients(output: Tensor, targets: readonly Tensor[], seed?: Tensor): Tensor[] {
  if (seed === undefined && sizeOf(output.shape) !== 1) {
    throw new ShapeError(
      `gradients are taken of a scalar, not of ${showShape(output.shape)}: give a seed for a vector-Jacobian product`,
    )
  }
  if (seed !== undefined && showShape(seed.shape) !== showShape(output.shape)) {
    throw new ShapeError(`the seed is ${showShape(seed.shape)}, the output ${showShape(output.shape)}`)
  }
  const order = topological([output])
  const wanted = new Set<Tensor>(targets)
  const leadsToTarget = new Set<Tensor>()
  for (const tensor of order) {
    if (wanted.has(tensor) || tensor.inputs.some((input) => leadsToTarget.has(input))) leadsToTarget.add(tensor)
  }

  const gradientOf = new Map<Tensor, Tensor>([[output, seed ?? fill(1, output.shape)]])
  for (const tensor of order.toReversed()) {
    const gradient = gradientOf.get(tensor)
    if (gradient === undefined || tensor.inputs.every((input) => !leadsToTarget.has(input))) continue
    inGradientOf(tensor, () => {
      const contributions = tensor.op.gradient?.(tensor, gradient, tensor.attributes) ?? []
      tensor.inputs.forEach((input, i) => {
        const contribution = contributions[i]
        if (contribution === undefined || !leadsToTarget.has(input)) return
        const sofar = gradientOf.get(input)
        gradientOf.set(input, sofar === undefined ? contribution : add(sofar, contribution))
      })
    })
  }
  return targets.map((target) => gradientOf.get(target) ?? fill(0, target.shape))
}

/** Runs `body` so that what it makes belongs to the gradient of the tensor's layer. */
const inGradientOf = (tensor: Tensor, body: () => void): void => inLayer(`${tensor.layer}${GRADIENT}`, body)
