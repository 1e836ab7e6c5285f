import { apply, type LoweringContext, type Tensor, topological, Variable } from '../graph/tensor.ts'
import { keyFrom, random } from '../random/random.ts'
import { traceModel } from '../runtime/compile.ts'
import type { Device } from '../runtime/device.ts'
import type { InputSpec } from '../runtime/program.ts'
import { sizeOf } from '../shape.ts'
import { fastestRun } from './fastest-run.ts'
import { tableKey } from './table.ts'

export interface TuneOptions {
  /** No new measurement is begun after this many seconds; what is left keeps the cost model's choice. Default 30. */
  readonly maxSeconds?: number
  /** Times also the operations whose winner is known. */
  readonly again?: boolean
  /** No new measurement is begun once it is aborted. */
  readonly signal?: AbortSignal
  /** Called before each operation. */
  readonly onProgress?: (done: number, total: number, what: string) => void
  /** Called after each operation. */
  readonly onFound?: (found: Tuned) => void
}

/** What the autotuner found for one operation and shape. */
export interface Tuned {
  /** The operation and its shapes. */
  readonly key: string
  readonly winner: string
  /** What the cost model would have picked. */
  readonly guess: string
  /** Milliseconds of each candidate; absent where its result was wrong. */
  readonly milliseconds: Readonly<Record<string, number | undefined>>
}

interface Choice {
  readonly key: string
  readonly node: Tensor
  readonly candidates: readonly { readonly name: string }[]
}

/** A candidate may differ from the plainest one by this share of the largest value: float32 sums in another order. */
const TOLERANCE = 1e-3

/**
 * Times the algorithms of every operation of a model whose winner on this adapter is not known yet, checks each against the
 * plainest (the last candidate), and remembers each winner at once in the device's table.
 */
export async function tune<Inputs extends InputSpec>(
  device: Device,
  model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Readonly<Record<string, Tensor>>,
  inputs: Inputs,
  { maxSeconds = 30, again = false, signal, onProgress, onFound }: TuneOptions = {},
): Promise<Tuned[]> {
  const { tuning } = device
  if (tuning === undefined) return []
  const entryOf = ({ key, candidates }: Choice): string => tableKey(device.info.key, key, candidates)
  const open = choicesOf(device, model, inputs).filter(
    (choice) => choice.candidates.length > 1 && (again || tuning.get(entryOf(choice)) === undefined),
  )
  const started = performance.now()
  const found: Tuned[] = []
  for (const [i, choice] of open.entries()) {
    onProgress?.(i, open.length, choice.key)
    if (signal?.aborted || (performance.now() - started) / 1000 > maxSeconds) break
    const tuned = await measure(device, choice)
    tuning.set(entryOf(choice), tuned.winner)
    await tuning.save()
    found.push(tuned)
    onFound?.(tuned)
  }
  return found
}

/** Each operation and shape for which there is something to choose, once. */
function choicesOf<Inputs extends InputSpec>(
  device: Device,
  model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Readonly<Record<string, Tensor>>,
  spec: Inputs,
): Choice[] {
  const { outputs, assignments } = traceModel(model, spec)
  const choices = new Map<string, Choice>()
  for (const node of topological([...outputs.values(), ...assignments.map(({ value }) => value)])) {
    const choose: LoweringContext['choose'] = (key, candidates) => {
      const [first] = candidates
      if (first === undefined) throw new Error(`there is no algorithm for ${key}`)
      choices.set(key, { key, node, candidates })
      return first
    }
    node.op.lower?.(node, node.inputs, { adapter: device.info.traits, choose, winograd: device.winograd })
  }
  return [...choices.values()]
}

/** Runs an operation on random values by each candidate. The values stay on the device, so that no transfer is timed. */
async function measure(device: Device, { key, node, candidates }: Choice): Promise<Tuned> {
  const operands = node.inputs.map(
    ({ shape }, i) => new Variable(`x${i}`, shape, random('normal', keyFrom(0, i), sizeOf(shape))),
  )
  const milliseconds: Record<string, number | undefined> = {}
  let expected: Float32Array | undefined
  try {
    for (const { name } of candidates.toReversed()) {
      const choose: LoweringContext['choose'] = (_, all) =>
        all.find((candidate) => candidate.name === name) ?? (all[0] as (typeof all)[number])
      const y = () =>
        apply(
          node.op,
          operands.map(({ value }) => value),
          node.attributes,
        )
      using program = await device.compile(() => ({ y: y() }), {}, { choose })
      const actual = (await program.run({})).y
      expected ??= actual
      milliseconds[name] = agrees(actual, expected)
        ? await fastestRun(device, () => program.run({}, { read: [] }))
        : undefined
    }
  } finally {
    device.forget(operands)
  }
  const ranked = Object.entries(milliseconds).toSorted(
    ([, a = Number.POSITIVE_INFINITY], [, b = Number.POSITIVE_INFINITY]) => a - b,
  )
  return { key, winner: ranked[0]?.[0] ?? '', guess: candidates[0]?.name ?? '', milliseconds }
}

function agrees(actual: Float32Array, expected: Float32Array): boolean {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return actual.every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) <= TOLERANCE * scale)
}
