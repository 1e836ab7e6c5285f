/** What went wrong, in one word: for the `error` event. */
export type FailureReason =
  /** A file could not be fetched or read. */
  | 'fetch'
  /** The file is no trace, or a broken one. */
  | 'trace'
  /** This browser has no WebGPU, or no adapter for it. */
  | 'no-webgpu'
  /** The device was lost in the middle. */
  | 'device-lost'
  /** Weights, image, noise or a question that the engine refused. */
  | 'input'
  /** Anything else. */
  | 'internal'

/** A failure that the viewer shows in words. */
export class Failure extends Error {
  override name = 'Failure'
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Errors of the engine, whose classes the recorded viewer does not load, by their names. */
const reasons: Readonly<Record<string, FailureReason>> = {
  InputError: 'input',
  ShapeError: 'input',
  AdapterError: 'no-webgpu',
  DeviceLostError: 'device-lost',
}

/** What was thrown, as a failure. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return new Failure(reasons[error.name] ?? 'internal', error.message, { cause: error })
}

/** Whether something was only given up because it was no longer wanted. */
export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError'
