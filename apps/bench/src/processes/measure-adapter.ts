import type { AdapterInfo, Ceilings } from '@noisescope/core'
import { runChild } from './run-child.ts'

/** What the adapter does at most. */
export interface AdapterCeilings {
  /** By the clock. */
  readonly perSecond: Ceilings
  /** For each second that one core works, which counts on a software adapter. */
  readonly perCoreSecond: Ceilings
}

/** The adapter that noisescope chooses here. */
export interface MeasuredAdapter {
  readonly info: AdapterInfo
  readonly ceilings: AdapterCeilings
}

/** Looks for the adapter and measures its ceilings, in a process of its own. @throws Error when there is none. */
export const measureAdapter = (): Promise<MeasuredAdapter> => runChild(new URL('./adapter.ts', import.meta.url), {})
