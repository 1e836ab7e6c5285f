import { evaluate, inputNameOf, type Tensor, topological, type Values, type Variable } from '@noisescope/core'

/** Values of a model's variables. */
export type VariableValues = ReadonlyMap<Variable, ArrayLike<number>>

/** The tensors below `roots` that no input changes, with their values in float64. */
export function constantValues(roots: readonly Tensor[], variables: VariableValues): Map<Tensor, Values> {
  const changing = new Set<Tensor>()
  const constant: Tensor[] = []
  for (const tensor of topological(roots)) {
    if (inputNameOf(tensor) !== undefined || tensor.inputs.some((input) => changing.has(input))) changing.add(tensor)
    else constant.push(tensor)
  }
  const values = evaluate(constant, { variables })
  return new Map(constant.flatMap((tensor, i) => (values[i] === undefined ? [] : [[tensor, values[i]]])))
}
