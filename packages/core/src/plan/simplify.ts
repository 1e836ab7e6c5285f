import { atRank, inputNameOf, rebuild, type Tensor, topological, variableOf } from '../graph/tensor.ts'
import { constantOf, fill } from '../ops/elementwise.ts'
import { sameShape } from '../shape.ts'

/**
 * The same values by fewer nodes: equal nodes become one, and arithmetic with the constants 0 and 1 that gradients bring
 * disappears. Graph -> graph.
 */
export function simplify(roots: readonly Tensor[]): Tensor[] {
  const byKey = new Map<string, Tensor>()
  const attributeIds = new Map<unknown, number>()
  const keyOf = (tensor: Tensor): string => {
    const own = tensor.op
    if (!attributeIds.has(own)) attributeIds.set(own, attributeIds.size)
    return `${attributeIds.get(own)}(${tensor.inputs.map((input) => input.id).join()})${showAttributes(tensor.attributes)}:${tensor.shape.join('x')}`
  }
  const replaced = new Map<Tensor, Tensor>()
  const isLeaf = (tensor: Tensor) => variableOf(tensor) !== undefined || inputNameOf(tensor) !== undefined
  for (const tensor of topological(roots)) {
    if (isLeaf(tensor)) {
      replaced.set(tensor, tensor)
      continue
    }
    const inputs = tensor.inputs.map((input) => replaced.get(input) ?? input)
    const simple = withoutIdentity(rebuild(tensor, inputs))
    // A variable with 0 added is the variable itself, which is one node already.
    if (isLeaf(simple)) {
      replaced.set(tensor, simple)
      continue
    }
    const key = keyOf(simple)
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, simple)
    replaced.set(tensor, known ?? simple)
  }
  return roots.map((root) => replaced.get(root) ?? root)
}

/** Attributes as text; functions and algorithm objects inside them are told apart by their names. */
function showAttributes(attributes: unknown): string {
  return JSON.stringify(attributes) ?? ''
}

function withoutIdentity(tensor: Tensor): Tensor {
  const [a, b] = tensor.inputs
  if (a === undefined) return tensor
  if (tensor.op.name === 'broadcast' || tensor.op.name === 'reshape') {
    const value = constantOf(a)
    return value === undefined ? tensor : atRank(tensor.rank, () => fill(value, tensor.shape))
  }
  if (b === undefined) return tensor
  const keeps = (other: Tensor) => (sameShape(other.shape, tensor.shape) ? other : undefined)
  const [left, right] = [constantOf(a), constantOf(b)]
  switch (tensor.op.name) {
    case 'mul':
      return (left === 1 ? keeps(b) : right === 1 ? keeps(a) : undefined) ?? tensor
    case 'add':
      return (left === 0 ? keeps(b) : right === 0 ? keeps(a) : undefined) ?? tensor
    case 'sub':
      return (right === 0 ? keeps(a) : undefined) ?? tensor
    case 'div':
      return (right === 1 ? keeps(a) : undefined) ?? tensor
    default:
      return tensor
  }
}
