import { ShapeError } from '../errors.ts'
import type { Values } from '../reference/values.ts'
import { sizeOf } from '../shape.ts'
import { inputNameOf, type Tensor, topological, type Variable, variableOf } from './tensor.ts'

/** What the leaves of a graph hold. */
export interface LeafValues {
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>
  /** Values of variables; their initial values where absent. */
  readonly variables?: ReadonlyMap<Variable, ArrayLike<number>>
}

/**
 * Computes tensors in plain TypeScript and float64, op by op: what every program is held against.
 * @throws ShapeError when an input is missing or has the wrong number of elements.
 */
export function evaluate(roots: readonly Tensor[], leaves: LeafValues = {}): Values[] {
  const values = new Map<Tensor, Values>()
  const valueOf = (tensor: Tensor): Values => {
    const value = values.get(tensor)
    if (value === undefined) throw new ShapeError(`${tensor.op.name} is used before it is computed`)
    return value
  }
  for (const tensor of topological(roots))
    values.set(tensor, leafValue(tensor, leaves) ?? compute(tensor, tensor.inputs.map(valueOf)))
  return roots.map(valueOf)
}

function compute(tensor: Tensor, inputs: readonly Values[]): Values {
  if (tensor.op.reference === undefined) throw new ShapeError(`${tensor.op.name} has no reference`)
  return tensor.op.reference(inputs, tensor.attributes)
}

function leafValue(tensor: Tensor, { inputs = {}, variables }: LeafValues): Values | undefined {
  const variable = variableOf(tensor)
  const name = inputNameOf(tensor)
  const data =
    variable !== undefined
      ? (variables?.get(variable) ?? variable.initial)
      : name !== undefined
        ? inputs[name]
        : undefined
  if (name !== undefined && data?.length !== sizeOf(tensor.shape)) {
    throw new ShapeError(
      `input ${name}: expected ${sizeOf(tensor.shape)} values, got ${data === undefined ? 'none' : data.length}`,
    )
  }
  return data === undefined ? undefined : { shape: tensor.shape, data: Float64Array.from(data) }
}
