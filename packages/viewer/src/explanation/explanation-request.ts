import type { TraceExplanation, TraceFrame } from '@noisescope/explain/trace'
import { failureOf } from '../failure.ts'
import { LatestTask } from '../live-controls/latest-task.ts'
import type { Question, Source } from '../sources/source.ts'
import type { Answer } from '../ui/scene.ts'

/** Arguments of a request; the first of the methods that has an answer is used. */
export interface Asking {
  readonly source: Source
  readonly frame: TraceFrame
  readonly methods: readonly string[]
  readonly question: Omit<Question, 'method'>
  /** The target as a short text. */
  readonly targetKey: string
}

const nothing: Answer = { method: '', explanation: undefined, pending: false, failure: undefined }

/** Requests explanations from a source, dropping superseded requests, and keeps the latest answer. */
export class ExplanationRequest {
  answer: Answer = nothing
  readonly #onAnswer: () => void
  readonly #latest: LatestTask
  /** An answer that a live source adds to its trace makes another frame with the same activations. */
  #asked: { readonly activations: TraceFrame['activations']; readonly key: string } | undefined

  /** @param onAnswer called after every change of the answer */
  constructor(onAnswer: () => void) {
    this.#onAnswer = onAnswer
    this.#latest = new LatestTask((error) =>
      this.#settle({ ...this.answer, explanation: undefined, failure: failureOf(error) }),
    )
  }

  /** Asks, unless just this was asked last. */
  ask(asking: Asking | undefined, moving: boolean): void {
    if (asking === undefined || asking.methods.length === 0) {
      this.#asked = undefined
      this.#latest.stop()
      this.answer = nothing
      return
    }
    const { source, frame, methods, question, targetKey } = asking
    const key = [...methods, question.of, targetKey].join(' ')
    if (this.#asked?.activations === frame.activations && this.#asked.key === key) return
    this.#asked = { activations: frame.activations, key }
    const [method = ''] = methods
    // What is dragged shows the answer before until the next is there.
    const explanation = this.answer.method === method ? this.answer.explanation : undefined
    this.answer = { method, explanation, pending: true, failure: undefined }
    this.#latest.run(async (signal) => {
      const found = await firstAnswer(source, methods, question, signal)
      this.#settle({ method, explanation: found, pending: false, failure: undefined })
    }, moving)
  }

  /** Forgets what was asked, so that the same question is asked again. */
  forget(): void {
    this.#asked = undefined
  }

  #settle(answer: Answer): void {
    this.answer = { ...answer, pending: false }
    this.#onAnswer()
  }
}

async function firstAnswer(
  source: Source,
  methods: readonly string[],
  question: Omit<Question, 'method'>,
  signal: AbortSignal,
): Promise<TraceExplanation | undefined> {
  for (const method of methods) {
    const found = await source.explain({ ...question, method }, signal)
    signal.throwIfAborted()
    if (found !== undefined) return found
  }
  return undefined
}
