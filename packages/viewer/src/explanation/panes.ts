import type { ReactiveControllerHost } from 'lit'
import type { Source, TargetQuestion } from '../sources/source.ts'
import type { ViewerState } from '../state.ts'
import type { TargetChoice } from '../target-text.ts'
import type { Answer, Side } from '../ui/scene.ts'
import { ExplanationRequest } from './explanation-request.ts'
import { layerMethods } from './layer-methods.ts'

/** Names of the compared panes. */
const NAMES = ['A', 'B']

/** Panes: one for each of the one or two compared sources, with their answers to the same question. */
export class Panes {
  readonly #pairs: readonly { readonly chosen: ExplanationRequest; readonly layers: ExplanationRequest }[]

  /** @param onAnswer called with every answer to the first source's chosen method, and with every failure */
  constructor(host: ReactiveControllerHost, onAnswer: (answer: Answer) => void) {
    const asker = (main: boolean) => {
      const made: ExplanationRequest = new ExplanationRequest(() => {
        if (main || made.answer.failure !== undefined) onAnswer(made.answer)
        host.requestUpdate()
      })
      return made
    }
    this.#pairs = [0, 1].map((i) => ({ chosen: asker(i === 0), layers: asker(false) }))
  }

  /** Requests explanations where the target has changed; returns the panes with the answers known by now. */
  of(sources: readonly Source[], state: ViewerState, target: TargetChoice | undefined, moving: boolean): Side[] {
    return sources.map((source, i) => {
      const { trace } = source
      const frame = trace.frames[Math.min(state.frame, trace.frames.length - 1)] ?? trace.frames[0]
      const name = sources.length < 2 ? '' : (NAMES[i] ?? '')
      const common = { name, source, trace, frame }
      const pair = this.#pairs[i]
      if (pair === undefined || target === undefined) return { ...common, answer: unasked, layers: unasked }
      if (target.kind === 'recorded') {
        const recorded = (methods: readonly string[]) => recordedAs(frame.explanations, methods, target.text)
        const methods = layerMethods(source.methods, state.method, target)
        return { ...common, answer: recorded([state.method]), layers: recorded(methods) }
      }
      const question = { target: target satisfies TargetQuestion, of: state.of, frame: trace.frames.indexOf(frame) }
      const asked = { source, frame, question, targetKey: state.target }
      pair.chosen.ask({ ...asked, methods: [state.method].filter((method) => method !== '') }, moving)
      pair.layers.ask({ ...asked, methods: layerMethods(source.methods, state.method, target) }, moving)
      return { ...common, answer: pair.chosen.answer, layers: pair.layers.answer }
    })
  }

  /** Asks everything again. */
  again(): void {
    for (const { chosen, layers } of this.#pairs) {
      chosen.forget()
      layers.forget()
    }
  }
}

const unasked: Answer = { method: '', explanation: undefined, pending: false, failure: undefined }

function recordedAs(explanations: Side['frame']['explanations'], methods: readonly string[], text: string): Answer {
  const found = methods.flatMap(
    (name) => explanations.find(({ method, target }) => method === name && target.text === text) ?? [],
  )
  return { ...unasked, method: methods[0] ?? '', explanation: found[0] }
}
