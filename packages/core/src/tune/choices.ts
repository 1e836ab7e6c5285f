import type { LoweringContext } from '../graph/tensor.ts'
import { isOfAdapter, type TuningTable, tableKey } from './table.ts'

/** Algorithms by `tableKey`. */
export type Algorithms = Readonly<Record<string, string>>

/**
 * Which algorithm the operations of a device's programs get: one that is pinned, else the autotuner's winner, else the cost
 * model's first. Results depend on it in their last digits, so a run that shall be repeated exactly keeps what was chosen.
 */
export class Choices {
  readonly #adapter: string
  readonly #tuning: TuningTable | undefined
  readonly #made = new Map<string, string>()
  #pinned: Algorithms = {}

  constructor(adapter: string, tuning: TuningTable | undefined) {
    this.#adapter = adapter
    this.#tuning = tuning
  }

  /** All that was chosen so far. */
  get made(): Algorithms {
    return Object.fromEntries(this.#made)
  }

  /**
   * From now on chooses what was chosen in an earlier run; for what that one did not have, as usual.
   * @returns whether that run was on this adapter and driver: else nothing of it holds here.
   */
  pin(algorithms: Algorithms): boolean {
    this.#pinned = algorithms
    const keys = Object.keys(algorithms)
    return keys.length === 0 || keys.some((key) => isOfAdapter(key, this.#adapter))
  }

  readonly choose: LoweringContext['choose'] = (operation, candidates) => {
    const key = tableKey(this.#adapter, operation, candidates)
    const name = this.#pinned[key] ?? this.#tuning?.get(key)
    const candidate = candidates.find((each) => each.name === name) ?? candidates[0]
    if (candidate === undefined) throw new Error(`there is no algorithm for ${operation}`)
    this.#made.set(key, candidate.name)
    return candidate
  }
}
