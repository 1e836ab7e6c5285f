import type { AdapterInfo } from '@noisescope/core'
import { type Comparison, compare } from './compare.ts'
import { type Machine, machine } from './machine.ts'
import type { RoundLength } from './measure.ts'
import { type AdapterCeilings, measureAdapter } from './processes/measure-adapter.ts'
import { measureStart, type StartFigures } from './start/measure-start.ts'
import type { Variant, Workload } from './workload.ts'

/** What is run. */
export interface BenchPlan {
  readonly workloads: readonly Workload[]
  readonly quick: boolean
  readonly rounds: number
  readonly length: RoundLength
  /** Names of peers that take part; all if absent. */
  readonly sides?: readonly string[]
  /** Whether the start of the command is timed too. */
  readonly start: boolean
}

/** Everything that a run found. */
export interface BenchResult {
  /** ISO 8601. */
  readonly started: string
  readonly machine: Machine
  readonly adapter: AdapterInfo
  readonly plan: { readonly quick: boolean; readonly rounds: number; readonly length: RoundLength }
  readonly ceilings: AdapterCeilings
  readonly comparisons: readonly Comparison[]
  readonly start?: StartFigures
}

/** Height and width in pixels of the image that a start is timed with. */
const START_SIDE = 256

/** Hears what is done, in a line each. */
export type Listener = (line: string) => void

/** Measures the adapter's ceilings, then the workloads one after another. @throws Error when ours fails. */
export async function runBench(plan: BenchPlan, tell: Listener): Promise<BenchResult> {
  const { workloads, quick, rounds, length } = plan
  const started = new Date().toISOString()
  const here = machine()
  tell("the adapter's ceilings")
  const { info: adapter, ceilings } = await measureAdapter()
  const comparisons: Comparison[] = []
  for (const workload of workloads) {
    for (const variant of variantsOf(workload, quick))
      comparisons.push(await compareAloud(workload, variant, plan, tell))
  }
  const result = { started, machine: here, adapter, plan: { quick, rounds, length }, ceilings, comparisons }
  if (!plan.start) return result
  tell('start of noisescope denoise: cold, warm, and with more images')
  return { ...result, start: await measureStart(rounds, START_SIDE) }
}

/** The variants that belong to a run. */
export const variantsOf = ({ variants }: Workload, quick: boolean): Variant[] =>
  variants.filter(({ when }) => when === 'always' || (when === 'quick') === quick)

function compareAloud(workload: Workload, variant: Variant, plan: BenchPlan, tell: Listener): Promise<Comparison> {
  const { rounds, length } = plan
  const what = `${workload.name} ${variant.name}`
  return compare(workload, variant, {
    length,
    rounds,
    sides: sidesOf(workload, plan),
    onRound: (round, side, { steps, seconds, coreSeconds }) =>
      tell(
        `${what}, round ${round} of ${rounds}, ${side}: ${steps} steps in ${seconds.toFixed(1)} s, ${coreSeconds.toFixed(1)} core-s`,
      ),
    onAbsent: ({ side, reason }) => tell(`${what}, ${side} is left out: ${reason}`),
  })
}

/** Ours, and the peers that are asked for. */
export function sidesOf({ sides }: Workload, { quick, sides: asked }: Pick<BenchPlan, 'quick' | 'sides'>): string[] {
  const peers = asked ?? sides.filter((side) => side.quick || !quick).map(({ name }) => name)
  return sides.filter(({ name }, i) => i === 0 || peers.includes(name)).map(({ name }) => name)
}
