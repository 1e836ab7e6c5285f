import { evaluate } from '../../src/graph/evaluate.ts'
import { type CompileOptions, inputTensor, type Tensor } from '../../src/index.ts'
import { expectClose } from './compare.ts'
import { testDevice } from './device.ts'
import type { Trial } from './operations.ts'
import { build, prepare, show } from './trials.ts'

/** Takes the plainest algorithm. */
const plainest: NonNullable<CompileOptions['choose']> = (_, candidates) =>
  candidates.at(-1) as (typeof candidates)[number]

/** Runs a trial and its gradients on poisoned memory against the float64 reference. */
export async function checkTrial(
  name: string,
  trial: Trial,
  { choose = plainest }: Pick<CompileOptions, 'choose'> = {},
): Promise<void> {
  const device = await testDevice()
  const { shapes, inputs, outputShape, data } = prepare(trial)
  const expected = build(trial, inputs, inputTensor('seed', outputShape))
  const reference = evaluate(Object.values(expected), { inputs: data })
  using program = await device.compile(
    ({ seed, ...leaves }) => build(trial, Object.values(leaves), seed as Tensor),
    { ...shapes, seed: outputShape },
    { poison: true, choose },
  )
  const results = await program.run(data)
  for (const [i, key] of Object.keys(expected).entries())
    expectClose(results[key] ?? [], reference[i]?.data ?? [], `${show(name, trial)} ${key}`)
}
