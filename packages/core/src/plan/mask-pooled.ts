import { atRank, inLayer, rebuild, type Tensor, topological } from '../graph/tensor.ts'
import { constantOf, greater, where } from '../ops/elementwise.ts'
import { isMaxPool2dOf } from '../ops/pool.ts'

/**
 * Applies ReLU's mask to the gradient of a pooled image instead of that of the image. With y = relu(x) and p = maxPool2d(y), the
 * pixel of a window that gets dp is the one whose value is p, so `where(y > 0, maxPool2dGradient(y, dp), 0)` is
 * `maxPool2dGradient(y, where(p > 0, dp, 0))`: as many comparisons as there are windows, and y need not be kept for them.
 * Graph -> graph.
 */
export function maskPooled(roots: readonly Tensor[]): Tensor[] {
  const order = topological(roots)
  const users = new Map<Tensor, Tensor[]>()
  for (const tensor of order) {
    for (const input of new Set(tensor.inputs)) users.set(input, [...(users.get(input) ?? []), tensor])
  }
  const replaced = new Map<Tensor, Tensor>()
  const now = (tensor: Tensor): Tensor => replaced.get(tensor) ?? tensor
  for (const tensor of order) {
    const masked = maskedUnpooling(tensor)
    // A gradient that something else takes too is computed anyway.
    const isAlone = masked !== undefined && users.get(masked.gradient)?.length === 1 && !roots.includes(masked.gradient)
    const pooled =
      masked && users.get(masked.y)?.find((user) => isMaxPool2dOf(masked.y, masked.gradient.attributes, user))
    const [, dp] = masked?.gradient.inputs ?? []
    if (masked === undefined || !isAlone || pooled === undefined || dp === undefined) {
      replaced.set(tensor, rebuild(tensor, tensor.inputs.map(now)))
      continue
    }
    const { y, gradient } = masked
    const before = atRank(gradient.rank, () =>
      inLayer(gradient.layer, () => where(greater(now(pooled), 0), now(dp), 0)),
    )
    replaced.set(tensor, rebuild(gradient, [now(y), before]))
  }
  return roots.map(now)
}

/** The parts of `where(y > 0, maxPool2dGradient(y, dp), 0)`, if a tensor is that. */
function maskedUnpooling({ op, inputs }: Tensor): { readonly y: Tensor; readonly gradient: Tensor } | undefined {
  const [condition, gradient, otherwise] = inputs
  if (op.name !== 'where' || gradient?.op.name !== 'maxPool2dGradient') return undefined
  const [y] = gradient.inputs
  if (otherwise === undefined || constantOf(otherwise) !== 0 || y === undefined) return undefined
  const [compared, zero] = condition?.op.name === 'greater' ? condition.inputs : []
  return compared === y && zero !== undefined && constantOf(zero) === 0 ? { y, gradient } : undefined
}
