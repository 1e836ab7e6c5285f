import { apply, type LoweringContext, type Tensor, topological } from '../graph/tensor.ts'
import { keyFrom, random } from '../random/random.ts'
import { traceModel } from '../runtime/compile.ts'
import type { Device } from '../runtime/device.ts'
import type { InputSpec } from '../runtime/program.ts'
import { sizeOf } from '../shape.ts'
import { tableKey } from './table.ts'

export interface TuneOptions {
  /** No new measurement is begun after this many seconds; what is left keeps the cost model's choice. Default 30. */
  readonly maxSeconds?: number
  readonly onProgress?: (done: number, total: number, what: string) => void
}

/** What the autotuner found for one operation and shape. */
export interface Tuned {
  readonly key: string
  readonly winner: string
  /** Milliseconds of each candidate; absent where its result was wrong. */
  readonly milliseconds: Readonly<Record<string, number | undefined>>
}

interface Choice {
  readonly key: string
  readonly node: Tensor
  readonly candidates: readonly { readonly name: string }[]
}

/** Timed runs of a candidate: the fastest counts, since other work can only slow one down. */
const TIMED_RUNS = 3

/** A candidate may differ from the plainest one by this share of the largest value: float32 sums in another order. */
const TOLERANCE = 1e-3

/**
 * Times the algorithms of every operation of a model whose winner on this adapter is not known yet, checks each against the
 * plainest (the last candidate), and remembers the winners in the device's table.
 */
export async function tune<Inputs extends InputSpec>(
  device: Device,
  model: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Readonly<Record<string, Tensor>>,
  inputs: Inputs,
  { maxSeconds = 30, onProgress }: TuneOptions = {},
): Promise<Tuned[]> {
  const { tuning } = device
  if (tuning === undefined) return []
  const open = choicesOf(device, model, inputs).filter(
    ({ key, candidates }) => candidates.length > 1 && tuning.get(tableKey(device.info.key, key)) === undefined,
  )
  const started = performance.now()
  const found: Tuned[] = []
  for (const [i, choice] of open.entries()) {
    onProgress?.(i, open.length, choice.key)
    if ((performance.now() - started) / 1000 > maxSeconds) break
    const tuned = await measure(device, choice)
    tuning.set(tableKey(device.info.key, choice.key), tuned.winner)
    found.push(tuned)
  }
  if (found.length > 0) await tuning.save()
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
    node.op.lower?.(node, node.inputs, { adapter: device.info.traits, choose })
  }
  return [...choices.values()]
}

async function measure(device: Device, { key, node, candidates }: Choice): Promise<Tuned> {
  const shapes = Object.fromEntries(node.inputs.map((input, i) => [`x${i}`, input.shape]))
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, random('normal', keyFrom(0, i), sizeOf(shape))]),
  )
  const milliseconds: Record<string, number | undefined> = {}
  let expected: Float32Array | undefined
  for (const { name } of candidates.toReversed()) {
    const choose: LoweringContext['choose'] = (_, all) =>
      all.find((candidate) => candidate.name === name) ?? (all[0] as (typeof all)[number])
    using program = await device.compile(
      (leaves) => ({ y: apply(node.op, Object.values(leaves), node.attributes) }),
      shapes,
      { choose },
    )
    const { y } = await program.run(values)
    expected ??= y
    milliseconds[name] = agrees(y, expected)
      ? await fastest(device, () => program.run(values, { read: [] }))
      : undefined
  }
  const ranked = Object.entries(milliseconds).toSorted(
    ([, a = Number.POSITIVE_INFINITY], [, b = Number.POSITIVE_INFINITY]) => a - b,
  )
  return { key, winner: ranked[0]?.[0] ?? '', milliseconds }
}

async function fastest(device: Device, run: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < TIMED_RUNS; i++) {
    const started = performance.now()
    await run()
    await device.idle()
    best = Math.min(best, performance.now() - started)
  }
  return best
}

function agrees(actual: Float32Array, expected: Float32Array): boolean {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return actual.every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) <= TOLERANCE * scale)
}
