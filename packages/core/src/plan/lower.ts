import { atRank, inLayer, type LoweringContext, rebuild, type Tensor, topological } from '../graph/tensor.ts'
import { elementwise } from '../ops/elementwise.ts'
import { sourceOf } from './view.ts'

/** Replaces each op by what runs on this adapter: a convolution by its chosen algorithm on arranged weights. Graph -> graph. */
export function lower(roots: readonly Tensor[], context: LoweringContext): Tensor[] {
  const replaced = new Map<Tensor, Tensor>()
  for (const tensor of topological(roots)) {
    const inputs = tensor.inputs.map((input) => replaced.get(input) ?? input)
    const lowered = atRank(tensor.rank, () => inLayer(tensor.layer, () => tensor.op.lower?.(tensor, inputs, context)))
    replaced.set(tensor, lowered ?? rebuild(tensor, inputs))
  }
  return roots.map((root) => replaced.get(root) ?? root)
}

const copyOf = elementwise<null>({ name: 'copy', inputs: 1, wgsl: ([x = '']) => x, value: ([x = 0]) => x })

/** The same values in memory of their own. */
export const copy = (x: Tensor): Tensor => atRank(x.rank, () => copyOf(null, x))

/** Gives a kernel that takes one tensor twice a copy for the second, since a buffer may be bound for writing only once. Graph -> graph. */
export function separateInputs(roots: readonly Tensor[]): Tensor[] {
  const replaced = new Map<Tensor, Tensor>()
  for (const tensor of topological(roots)) {
    const inputs = tensor.inputs.map((input) => replaced.get(input) ?? input)
    const sources = inputs.map(sourceOf)
    const needsCopies = tensor.op.pointwise === undefined && tensor.op.name !== 'reshape'
    const apart = needsCopies
      ? inputs.map((input, i) => (sources.indexOf(sources[i] ?? input) < i ? copy(input) : input))
      : inputs
    replaced.set(tensor, rebuild(tensor, apart))
  }
  return roots.map((root) => replaced.get(root) ?? root)
}
