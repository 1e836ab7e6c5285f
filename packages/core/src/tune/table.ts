/** Which algorithm won for an operation, shape and adapter: text -> algorithm name. */
export interface TuningTable {
  get(key: string): string | undefined
  set(key: string, algorithm: string): void
  /** Keeps what was set for the next process. */
  save(): Promise<void>
}

/** A table that lasts as long as the process. */
export function memoryTable(): TuningTable {
  const entries = new Map<string, string>()
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => void entries.set(key, algorithm),
    save: () => Promise.resolve(),
  }
}

/** One entry's key: an operation with its shapes, on one adapter and driver. */
export const tableKey = (adapter: string, operation: string): string => `${adapter} | ${operation}`
