import type { Measured, TraceCompleteness, TraceExplanation } from '@noisescope/explain/trace'
import { html, nothing, type TemplateResult } from 'lit'
import { imagesOf, meanIn } from '../analysis/index.ts'
import type { Failure } from '../failure.ts'
import { shownValues } from '../images/images.ts'
import { mapOnStage } from '../images/stage.ts'
import { targetText } from '../target-text.ts'
import type { Scene, Side } from '../ui/scene.ts'

/** Numbers that are shown at once; the others unfold. */
const FIRST = 4

/** The numbers of an explanation, or why there are none. */
export function explanationFacts(scene: Scene, side: Side): TemplateResult {
  const { answer } = side
  if (answer.failure !== undefined) return failed(answer.failure)
  if (answer.explanation !== undefined) return facts(scene, side, answer.explanation)
  if (answer.pending) return html`<p class="quiet">${scene.texts.computing}</p>`
  return absent(scene)
}

/** What the images are in a brushed region, whatever is recorded of it. */
export function regionFacts(scene: Scene, { trace, frame }: Side): TemplateResult | typeof nothing {
  const { texts, target, size } = scene
  if (target?.kind !== 'region') return nothing
  const { mask } = target
  return html`<p class="quiet">${texts.regionMean}</p>
    <dl class="facts">
      ${imagesOf(trace, frame).map(({ name, tensor, channels }) => {
        const means = Array.from({ length: channels }, (_, channel) => meanIn(tensor, channel, mask, size))
        return fact(texts.imageNames[name], shownValues(scene, means), `mean-${name}`, texts.imageMeanings[name])
      })}
    </dl>`
}

const failed = ({ message }: Failure): TemplateResult => html`<p class="note problem">${message}</p>`

function absent({ texts, state, target, methods }: Scene): TemplateResult {
  if (methods.length === 0) return html`<p class="note">${texts.noExplanations}</p>`
  const title = methods.find(({ name }) => name === state.method)?.title ?? state.method
  return html`<p class="note">${texts.notRecorded(title)}</p>
    ${target?.kind === 'pixel' ? html`<p class="quiet">${texts.howToRecord(targetText(target))}</p>` : nothing}`
}

function facts(scene: Scene, side: Side, explanation: TraceExplanation): TemplateResult {
  const { texts } = scene
  const { value, completeness, values } = explanation
  const shown = mapOnStage(scene, side)
  const status = shown?.map.status
  const numbers = Object.entries(values)
  const [first, more] = [numbers.slice(0, FIRST), numbers.slice(FIRST)]
  return html`${origin(scene, explanation)}
    <dl class="facts">
      ${value === undefined ? nothing : fact(texts.value, texts.shown(value), 'value')}
      ${completenessFacts(scene, completeness, value)} ${first.map(([name, number]) => valueFact(scene, name, number))}
    </dl>
    ${
      more.length === 0
        ? nothing
        : html`<details>
            <summary>${texts.moreValues(more.length)}</summary>
            <dl class="facts">${more.map(([name, number]) => valueFact(scene, name, number))}</dl>
          </details>`
    }
    ${status === undefined ? nothing : html`<p class="status" data-status=${status}>${texts.statuses[status]}</p>`}`
}

/** Where a filter of a recorded grid is from. */
function origin({ texts, target }: Scene, { target: answered, maps }: TraceExplanation): unknown {
  const { places, x, y } = answered.numbers
  const numbersOnly = maps.length === 0 ? html`<p class="note">${texts.noMaps}</p>` : nothing
  if (places !== undefined) return html`<p class="note">${texts.regionFilters(places)}</p>`
  if (target?.kind !== 'pixel' || x === undefined || y === undefined) return numbersOnly
  const other = x !== target.x || y !== target.y
  return html`${other ? html`<p class="note">${texts.nearestFilter(x, y)}</p>` : nothing}${
    maps.length === 0 ? html`<p class="note">${texts.onlyNumbers}</p>` : nothing
  }`
}

const fact = (name: string, value: unknown, key: string, title?: string): TemplateResult =>
  html`<dt title=${title ?? nothing}>${name}</dt>
    <dd data-fact=${key}>${value}</dd>`

const valueFact = ({ texts }: Scene, name: string, value: number | null): TemplateResult =>
  fact(texts.values[name] ?? name, texts.shown(value), name, texts.valueMeanings[name])

/** How far the sum of the parts misses the whole, which is the value or a difference of two. */
function completenessFacts(
  { texts }: Scene,
  completeness: TraceCompleteness | undefined,
  value: Measured | undefined,
): unknown {
  if (completeness === undefined) return fact(texts.completeness, texts.noCompleteness, 'completeness')
  const { expected, actual, gap, relative } = completeness
  const share = relative === null ? nothing : html` <small>${texts.share(texts.percent(relative, 2))}</small>`
  return [
    expected === value ? nothing : fact(texts.whole, texts.shown(expected), 'whole', texts.wholeMeaning),
    fact(texts.parts, texts.shown(actual), 'parts'),
    fact(texts.completeness, html`${texts.gap(texts.shown(gap, 2))}${share}`, 'completeness', texts.gapMeaning),
  ]
}
