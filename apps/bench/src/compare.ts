import type { Round, RoundLength } from './measure.ts'
import { runSide, type SideResult } from './processes/run-side.ts'
import { median, ratios, type Summary, summarise } from './statistics.ts'
import type { Place, Variant, Workload } from './workload.ts'

/** What one side reached. */
export interface SideFigures {
  readonly side: string
  readonly library: string
  readonly place: Place
  /** Of the workload's unit, by the clock. */
  readonly perSecond: Summary
  /** Of the workload's unit, for each second that one core worked: other processes hardly change it. */
  readonly perCoreSecond: Summary
  readonly rounds: readonly Round[]
  /** Why the figures do not count. */
  readonly void?: string
}

/** A side that could not run, and why. */
export interface AbsentSide {
  readonly side: string
  readonly reason: string
}

/** How many times as much of the workload's unit the first side does as another. */
export interface Ratio {
  readonly of: string
  readonly to: string
  /** Per core-second, round by round. */
  readonly rounds: readonly number[]
  /** The median of `rounds`. */
  readonly perCoreSecond: number
  /** The median by the clock. */
  readonly perSecond: number
  /** The median per core-second when JavaScript's thread does not count, where Dawn polls for as long as a result is awaited. */
  readonly withoutMainThread: number
}

/** One variant of a workload on all its sides. */
export interface Comparison {
  readonly workload: string
  readonly title: string
  readonly unit: string
  readonly variant: Variant
  /** Of the sides that compute on one. */
  readonly adapter?: string
  readonly sides: readonly SideFigures[]
  readonly absent: readonly AbsentSide[]
  /** Only of figures that count. */
  readonly ratios: readonly Ratio[]
}

export interface CompareOptions {
  readonly length: RoundLength
  readonly rounds: number
  /** Names of the sides that take part; the first one always does. */
  readonly sides: readonly string[]
  /** Hears of each round that is done. */
  readonly onRound?: (round: number, side: string, result: Round) => void
  /** Hears of each side that could not run. */
  readonly onAbsent?: (side: AbsentSide) => void
  /** Runs one round of one side; default: in a process of its own. */
  readonly run?: typeof runSide
}

interface Results {
  readonly side: string
  readonly library: string
  readonly place: Place
  readonly rounds: readonly Round[]
}

/**
 * The sides of a workload one after another, so many times. One that fails is left out of later rounds.
 * @throws Error when the first side fails.
 */
export async function compare(
  workload: Workload,
  variant: Variant,
  { length, rounds, sides, onRound, onAbsent, run = runSide }: CompareOptions,
): Promise<Comparison> {
  const results = new Map<string, SideResult[]>(sides.map((side) => [side, []]))
  const absent: AbsentSide[] = []
  let adapter: string | undefined
  for (let round = 1; round <= rounds; round++) {
    for (const [side, done] of results) {
      try {
        const result = await run({ workload: workload.name, variant: variant.name, side, length })
        adapter ??= result.adapter
        if (result.adapter !== undefined && result.adapter !== adapter)
          throw new Error(`it ran on ${result.adapter}, others on ${adapter}: that cannot be compared`)
        done.push(result)
        onRound?.(round, side, result.round)
      } catch (error) {
        if (side === sides[0]) throw error
        const reason = error instanceof Error ? error.message : String(error)
        results.delete(side)
        absent.push({ side, reason })
        onAbsent?.({ side, reason })
      }
    }
  }
  const figures = figuresOf(
    workload,
    [...results].map(([side, done]) => ({
      side,
      library: done[0]?.library ?? side,
      place: done[0]?.place ?? 'webgpu',
      rounds: done.map((result) => result.round),
    })),
    variant.items,
  )
  return {
    workload: workload.name,
    title: workload.title,
    unit: workload.unit,
    variant,
    ...(adapter !== undefined && { adapter }),
    sides: figures,
    absent,
    ratios: ratiosOf(figures),
  }
}

/** The figures of all sides; those of a round that failed its check, or did not do what the first side did, are void. */
export function figuresOf(
  workload: Pick<Workload, 'check' | 'checkSame'>,
  sides: readonly Results[],
  itemsPerStep: number,
): SideFigures[] {
  const expected = sides[0]?.rounds[0]?.first ?? []
  return sides.map((side) => {
    const problem = side.rounds
      .map(({ first, last }) => workload.check(first, last) ?? workload.checkSame(first, expected))
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
    return {
      of: ours.side,
      to: other.side,
      rounds,
      perCoreSecond: median(rounds),
      perSecond: median(byRound(({ seconds }) => seconds)),
      withoutMainThread: median(byRound(({ coreSeconds, mainThreadSeconds }) => coreSeconds - mainThreadSeconds)),
    }
  })
}
