import type { GraphicsCard } from './graphics-cards.ts'
import type { PlannedStep } from './planned-steps.ts'
import type { TileFacts } from './tile-facts.ts'

/** What sets a pace. */
export type Limit = 'arithmetic' | 'near memory' | 'memory'

/** How many workgroups a unit of a card holds at once, and the share of its threads that they fill. */
export interface Occupancy {
  readonly workgroups: number
  readonly share: number
}

export function occupancyOf({ threads, workgroupBytes, registers }: TileFacts, card: GraphicsCard): Occupancy {
  const { perUnit, registerStep } = card
  const ofThread = Math.ceil(registers / registerStep) * registerStep
  const workgroups = Math.floor(
    Math.min(
      perUnit.workgroups,
      perUnit.threads / threads,
      workgroupBytes === 0 ? Number.POSITIVE_INFINITY : perUnit.workgroupBytes / workgroupBytes,
      perUnit.registers / (threads * ofThread),
    ),
  )
  return { workgroups, share: (workgroups * threads) / perUnit.threads }
}

/** The least time of a step, and why. */
export interface Bound {
  readonly seconds: number
  readonly limit: Limit
}

/**
 * The longest of the times that a step's arithmetic, its reads near the threads, and its compulsory traffic need. The first two
 * wait for the units that got one workgroup more than others.
 */
export function boundOf({ facts, groups, bytes }: PlannedStep, card: GraphicsCard): Bound {
  const near = card.units * card.nearBytesPerClock * card.clock
  const spread = Math.ceil(groups / card.units) * card.units
  const times: readonly (readonly [Limit, number])[] = [
    ['memory', bytes / card.memoryBytesPerSecond],
    ...(facts === undefined
      ? []
      : ([
          ['near memory', (spread * facts.nearBytes) / near],
          ['arithmetic', (2 * spread * facts.multiplyAdds) / card.operationsPerSecond],
        ] as const)),
  ]
  const [limit, seconds] = times.reduce((longest, each) => (each[1] > longest[1] ? each : longest))
  return { limit, seconds }
}
