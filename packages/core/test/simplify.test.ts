import { expect, it } from 'vitest'
import { add, div, inputTensor, mul, sqrt, sub, type Tensor, Variable } from '../src/index.ts'
import { simplify } from '../src/plan/simplify.ts'

const identities: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'x + 0': (x) => add(x, 0),
  '0 + x': (x) => add(0, x),
  'x - 0': (x) => sub(x, 0),
  'x * 1': (x) => mul(x, 1),
  'x / 1': (x) => div(x, 1),
}

it.each(Object.entries(identities))('of %s leaves x, also where it is a variable or an input', (_, identity) => {
  const variable = new Variable('v', [3], Float32Array.of(1, 2, 3)).value
  for (const x of [variable, inputTensor('x', [3]), sqrt(variable)]) {
    const [root] = simplify([sqrt(identity(x))])
    const [input] = root?.inputs ?? []
    expect(input?.op.name).toBe(x.op.name)
    expect(input?.shape).toEqual(x.shape)
  }
})
