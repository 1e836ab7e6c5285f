/** What a process that reads is given, as JSON in its first argument. */
export interface Order {
  readonly target: string
  readonly seed: number
  readonly first: number
  /** Number of the case behind the last. */
  readonly end: number
}

/** What was found wrong with the reading of a file. */
export interface Finding {
  readonly target: string
  readonly index: number
  readonly file: string
  readonly what: string
}

/** What it tells: a finding, or what came of its cases so far. */
export type Report =
  | { readonly kind: 'finding'; readonly finding: Finding; readonly mustEnd: boolean }
  | { readonly kind: 'summary'; readonly summary: Summary; readonly isDone: boolean }

export interface Summary {
  readonly accepted: number
  readonly refused: number
  /** CPU seconds of the dearest file. */
  readonly seconds: number
  /** By which the dearest file raised the memory of the process, in bytes. */
  readonly bytes: number
}

/** The most that a file may cost. */
export const LIMITS = { seconds: 2, bytes: 2 ** 30 } as const
