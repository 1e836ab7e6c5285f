import type { Round, RoundLength } from './measure.ts'
import { runSide } from './run-side.ts'
import { median, ratios, type Summary, summarise } from './statistics.ts'
import type { Settings, Workload } from './workload.ts'

/** What one side reached. */
export interface SideFigures {
  readonly contender: string
  readonly library: string
  /** Of the workload's unit, by the clock. */
  readonly perSecond: Summary
  /** Of the workload's unit, for each second that one core worked: other processes hardly change it. */
  readonly perCoreSecond: Summary
  readonly rounds: readonly Round[]
  /** Why the figures do not count. */
  readonly void?: string
}

/** How many times as much of the workload's unit the first side does in a core-second as another. */
export interface Ratio {
  readonly of: string
  readonly to: string
  readonly rounds: readonly number[]
  readonly median: number
  /** The median when JavaScript's thread does not count, where Dawn polls for as long as a result is awaited. */
  readonly medianWithoutMainThread: number
}

/** A workload on all its sides. */
export interface Comparison {
  readonly workload: string
  readonly title: string
  readonly unit: string
  readonly settings: Settings
  readonly adapter: string
  readonly sides: readonly SideFigures[]
  /** Only of figures that count. */
  readonly ratios: readonly Ratio[]
}

export interface CompareOptions {
  readonly settings: Settings
  readonly length: RoundLength
  readonly rounds: number
  /** Hears of each round that is done. */
  readonly onRound: (round: number, contender: string, result: Round) => void
}

/** The sides of a workload one after another, so many times. @throws Error when a side fails or is on another adapter. */
export async function compare(
  workload: Workload,
  { settings, length, rounds, onRound }: CompareOptions,
): Promise<Comparison> {
  const sides = workload.contenders.map((contender) => ({ contender, library: contender, rounds: [] as Round[] }))
  let adapter: string | undefined
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      const result = await runSide({ workload: workload.name, contender: side.contender, settings, length })
      adapter ??= result.adapter
      if (result.adapter !== adapter) {
        throw new Error(`${side.contender} ran on ${result.adapter}, others on ${adapter}: that cannot be compared`)
      }
      side.library = result.library
      side.rounds.push(result.round)
      onRound(round, side.contender, result.round)
    }
  }
  const { name, title, unit } = workload
  const figures = figuresOf(workload, sides, workload.itemsPerStep(settings))
  return { workload: name, title, unit, settings, adapter: adapter ?? '', sides: figures, ratios: ratiosOf(figures) }
}

/** The figures of all sides; those of a round that failed its check, or did not do what the first side did, are void. */
export function figuresOf(
  workload: Pick<Workload, 'check' | 'checkSame'>,
  sides: readonly Pick<SideFigures, 'contender' | 'library' | 'rounds'>[],
  itemsPerStep: number,
): SideFigures[] {
  const expected = sides[0]?.rounds[0]?.values ?? []
  return sides.map((side) => {
    const problem = side.rounds
      .map(({ values }) => workload.check(values) ?? workload.checkSame(values, expected))
      .find((reason) => reason !== undefined)
    return {
      ...side,
      perSecond: summarise(side.rounds.map(({ steps, seconds }) => (steps * itemsPerStep) / seconds)),
      perCoreSecond: summarise(side.rounds.map(({ steps, coreSeconds }) => (steps * itemsPerStep) / coreSeconds)),
      ...(problem !== undefined && { void: problem }),
    }
  })
}

/** The first side to each other one. */
export function ratiosOf(sides: readonly SideFigures[]): Ratio[] {
  const [ours, ...others] = sides.filter((side) => side.void === undefined)
  if (ours === undefined || ours !== sides[0]) return []
  return others.map((other) => {
    const byRound = (cost: (round: Round) => number): number[] => {
      const rates = ({ rounds }: SideFigures) => rounds.map((round) => round.steps / cost(round))
      return ratios(rates(ours), rates(other))
    }
    const rounds = byRound(({ coreSeconds }) => coreSeconds)
    const onOtherThreads = byRound(({ coreSeconds, mainThreadSeconds }) => coreSeconds - mainThreadSeconds)
    return {
      of: ours.contender,
      to: other.contender,
      rounds,
      median: median(rounds),
      medianWithoutMainThread: median(onOtherThreads),
    }
  })
}
