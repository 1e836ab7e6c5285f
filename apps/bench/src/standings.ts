import type { AdapterInfo } from '@noisescope/core'
import type { Comparison, Ratio, SideFigures } from './compare.ts'
import type { AdapterCeilings } from './processes/measure-adapter.ts'
import type { Place } from './workload.ts'

/** What a rate is counted in: time of processor cores, where a software adapter works, or time by the clock. */
export type Basis = 'core-s' | 's'

/** The basis that counts on an adapter. */
export const basisOf = ({ traits }: Pick<AdapterInfo, 'traits'>): Basis => (traits.kind === 'software' ? 'core-s' : 's')

/** What one side of a comparison reached, beside the adapter's ceiling and beside ours. */
export interface Standing {
  readonly library: string
  readonly place: Place
  readonly figures: SideFigures
  /** GFLOP of direct convolutions for each second of the basis, where the workload tells its operations. */
  readonly gigaflops?: number
  /** Of the adapter's multiply-adds; only of sides that compute on the adapter. */
  readonly shareOfCeiling?: number
  /** Of JavaScript's thread in the processor's time. */
  readonly mainThreadShare: number
  /** Of the first side to this one; absent of the first one, and where one of them is void. */
  readonly ratio?: Ratio
}

const GIGA = 1e9

/** The rate of a side in the basis, of its median round. */
export const rateOf = ({ perSecond, perCoreSecond }: SideFigures, basis: Basis): number =>
  basis === 's' ? perSecond.median : perCoreSecond.median

/** The ratio that counts in a basis. */
export const ratioIn = ({ perCoreSecond, perSecond }: Ratio, basis: Basis): number =>
  basis === 's' ? perSecond : perCoreSecond

/** All sides of a comparison. */
export function standingsOf(
  { variant, sides, ratios }: Pick<Comparison, 'variant' | 'sides' | 'ratios'>,
  ceilings: AdapterCeilings,
  basis: Basis,
): Standing[] {
  const { operationsPerSecond } = basis === 's' ? ceilings.perSecond : ceilings.perCoreSecond
  return sides.map((figures): Standing => {
    const { library, place, rounds, side } = figures
    const gigaflops =
      variant.operations === undefined
        ? undefined
        : ((rateOf(figures, basis) / variant.items) * variant.operations) / GIGA
    const ratio = ratios.find(({ to }) => to === side)
    const total = (of: (round: SideFigures['rounds'][number]) => number) =>
      rounds.reduce((sum, round) => sum + of(round), 0)
    return {
      library,
      place,
      figures,
      ...(gigaflops !== undefined && { gigaflops }),
      ...(gigaflops !== undefined &&
        place === 'webgpu' && { shareOfCeiling: (GIGA * gigaflops) / operationsPerSecond }),
      mainThreadShare: total(({ mainThreadSeconds }) => mainThreadSeconds) / total(({ coreSeconds }) => coreSeconds),
      ...(ratio !== undefined && { ratio }),
    }
  })
}
