import { readTrace, type Trace, type TraceExplanation } from '@noisescope/explain/trace'
import { Failure } from '../failure.ts'
import { recordedAnswer, recordedMethods } from './recorded-answers.ts'
import type { Method, Question, Source } from './source.ts'

/** A trace as it was recorded: every answer is in it, or nowhere. */
export class RecordedSource extends EventTarget implements Source {
  readonly live = false
  readonly trace: Trace
  readonly methods: readonly Method[]
  /** The file that the trace was read from. */
  readonly bytes: Uint8Array | undefined

  constructor(trace: Trace, bytes?: Uint8Array) {
    super()
    this.trace = trace
    this.bytes = bytes
    this.methods = recordedMethods(trace)
  }

  async explain(question: Question, signal: AbortSignal): Promise<TraceExplanation | undefined> {
    signal.throwIfAborted()
    const frame = this.trace.frames[question.frame ?? 0]
    return frame === undefined ? undefined : recordedAnswer(frame, question)
  }

  dispose(): void {}
}

/**
 * Reads a trace file.
 * @throws Failure when it is no trace.
 */
export function recordedFrom(bytes: Uint8Array, name: string): RecordedSource {
  try {
    return new RecordedSource(readTrace(bytes, name), bytes)
  } catch (error) {
    throw new Failure('trace', error instanceof Error ? error.message : String(error), { cause: error })
  }
}
