/** The file descriptor behind standard input, output and error. */
export const COST_DESCRIPTOR = 3

/** What a process has used. */
export interface Cost {
  readonly coreSeconds: number
  /** The most memory that it has had. */
  readonly peakBytes: number
}
