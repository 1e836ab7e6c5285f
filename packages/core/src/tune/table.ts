/** Which algorithm won for an operation, shape and adapter: text -> algorithm name. */
export interface TuningTable {
  get(key: string): string | undefined
  set(key: string, algorithm: string): void
  /** Keeps what was set for the next process or page. */
  save(): Promise<void>
  /** Why what was set could not be kept the last time; it holds in this process all the same. */
  readonly problem?: string | undefined
}

/** Part of the names of kept tables. Changes when kernels change so much under their old names that old timings mislead. */
export const TABLE_VERSION = 2

/** A table that lasts as long as the process. */
export function memoryTable(): TuningTable {
  const entries = new Map<string, string>()
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => void entries.set(key, algorithm),
    save: () => Promise.resolve(),
  }
}

/**
 * One entry's key: an operation with its shapes, on one adapter and driver, and the algorithms that there were to choose from,
 * so that a new one is tried where an older version has found a winner already.
 */
export function tableKey(adapter: string, operation: string, candidates: readonly { readonly name: string }[]): string {
  const names = candidates.map(({ name }) => name).sort()
  return `${adapter} | ${operation} | ${names.join(', ')}`
}

/** Whether an entry is of an adapter and driver. */
export const isOfAdapter = (key: string, adapter: string): boolean => key.startsWith(`${adapter} | `)
