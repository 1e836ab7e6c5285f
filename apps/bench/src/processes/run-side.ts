import type { Round, RoundLength } from '../measure.ts'
import type { Place } from '../workload.ts'
import { runChild } from './run-child.ts'

/** What a side is asked. */
export interface SideRequest {
  readonly workload: string
  /** Name of the variant. */
  readonly variant: string
  readonly side: string
  readonly length: RoundLength
}

/** What a side tells. */
export interface SideResult {
  readonly library: string
  readonly place: Place
  readonly adapter?: string
  readonly round: Round
}

/** Runs one round of one side in a process of its own. @throws Error with what it wrote when it fails. */
export const runSide = (request: SideRequest): Promise<SideResult> =>
  runChild(new URL('./side.ts', import.meta.url), request)
