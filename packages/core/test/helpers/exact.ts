import { evaluate } from '../../src/graph/evaluate.ts'
import { inputTensor, type Shape, type Tensor } from '../../src/index.ts'
import type { CompileOptions } from '../../src/runtime/program.ts'
import { sizeOf } from '../../src/shape.ts'
import { expectClose } from './compare.ts'
import { testDevice } from './device.ts'

export type Model<Names extends string> = (inputs: Readonly<Record<Names, Tensor>>) => Readonly<Record<string, Tensor>>

export const wave = (shape: Shape, step: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * step))

/** Takes this algorithm for every convolution. */
export const forced =
  (algorithm: { readonly name: string }): NonNullable<CompileOptions['choose']> =>
  (_, candidates) =>
    algorithm as (typeof candidates)[number]

/** Runs a model on poisoned memory against the float64 reference. @returns what the program is made of. */
export async function expectExact<Names extends string>(
  model: Model<Names>,
  shapes: Readonly<Record<Names, Shape>>,
  options: CompileOptions = {},
) {
  const device = await testDevice()
  const entries = Object.entries<Shape>(shapes)
  const values = Object.fromEntries(entries.map(([name, shape], i) => [name, wave(shape, 0.7 + i)])) as Record<
    Names,
    Float32Array
  >
  using program = await device.compile(model, shapes, { poison: true, ...options })
  const kernels = program.kernels.map(({ name }) => name)
  const found = await program.run(values)
  const leaves = Object.fromEntries(entries.map(([name, shape]) => [name, inputTensor(name, shape)]))
  const symbols = model(leaves as Record<Names, Tensor>)
  const expected = evaluate(Object.values(symbols), { inputs: values })
  for (const [i, name] of Object.keys(symbols).entries())
    expectClose(found[name] as Float32Array, expected[i]?.data ?? [], `${name} by ${kernels.join(', ')}`)
  return { kernels, arena: program.lowerBoundBytes }
}
