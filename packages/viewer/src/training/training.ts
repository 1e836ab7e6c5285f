import type { TraceFrame, TrainingHistory } from '@noisescope/explain/trace'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { type AxisTick, lossCurve } from '../drawing/index.ts'
import { type Texts, textsWith } from '../texts.ts'
import { slider } from '../ui/controls.ts'
import type { Scene } from '../ui/scene.ts'
import { type TrainingTexts, trainingEnglish } from './training-texts.ts'

export { trainingStyles as styles } from './styles.ts'

/** Size of the plot's own coordinates; its height is that in CSS pixels. */
const WIDE = 640
const HIGH = 72
/** Height of a number at an axis, in CSS pixels. */
const LINE = 16
const BOX = { left: 2, top: 4, right: WIDE - 2, bottom: HIGH - 4 }

interface TrainingScene extends Scene {
  readonly texts: Texts & TrainingTexts
}

/** The states of a training to go through, on its loss curve. */
export function training(given: Scene): TemplateResult | typeof nothing {
  const scene = { ...given, texts: textsWith(trainingEnglish, given.texts) }
  const { texts, state, sides } = scene
  const [{ trace }] = sides
  const { frames, training: history } = trace
  if (frames.length < 2 && history === undefined) return nothing
  const label = labelOf(scene, trace.frames[state.frame] ?? trace.frames[0], state.frame)
  return html`<section class="card training" part="training" aria-labelledby="training-title">
    <header>
      <h3 id="training-title">${texts.training}</h3>
      ${frames.length < 2 ? html`<p class="quiet">${label}</p>` : scrubber(scene, label, frames.length)}
    </header>
    ${history === undefined ? nothing : curve(scene, history)}
  </section>`
}

const scrubber = ({ texts, state, actions }: TrainingScene, label: string, count: number): TemplateResult =>
  slider({
    label: texts.frame,
    value: state.frame,
    least: 0,
    most: count - 1,
    step: 1,
    text: texts.frameText(label, state.frame + 1, count),
    onMove: (frame, moving) => actions.change({ frame }, { name: 'frame', moving }),
  })

/** The ticks that have room for their numbers. */
function apart(ticks: readonly AxisTick[]): AxisTick[] {
  const shown: AxisTick[] = []
  for (const tick of ticks) {
    const last = shown.at(-1)
    if (last === undefined || Math.abs(tick.position - last.position) >= LINE) shown.push(tick)
  }
  return shown
}

const labelOf = ({ texts }: TrainingScene, { label, step }: TraceFrame, index: number): string =>
  label ?? (step === undefined ? texts.numbered(index + 1) : texts.step(step))

function curve(
  { texts, state, sides, actions }: TrainingScene,
  history: TrainingHistory,
): TemplateResult | typeof nothing {
  const [{ trace }] = sides
  const found = lossCurve(history, BOX)
  if (found === undefined) return nothing
  const { steps, losses, training: line, mean, validation, validationPoints } = found
  const words = texts.lossCurve(
    texts.shown(history.loss.find((loss) => loss !== null)),
    texts.shown(history.loss.findLast((loss) => loss !== null)),
    texts.counted(history.steps.length),
  )
  const at = trace.frames[state.frame]?.step
  const nearest = (event: MouseEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    const x = ((event.clientX - left) / width) * WIDE
    const away = trace.frames.map(({ step }) => Math.abs(steps.position(step ?? Number.NaN) - x))
    const frame = away.indexOf(Math.min(...away.filter(Number.isFinite)))
    if (frame >= 0) actions.change({ frame }, { name: 'frame', moving: false })
  }
  return html`<div class="curve" dir="ltr">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${words} @click=${nearest}>
      ${losses.ticks.map(({ position }) => svg`<path class="grid" d="M0,${position}H${WIDE}" />`)}
      <path class=${mean === undefined ? 'loss' : 'loss faint'} d=${line} />
      ${mean === undefined ? nothing : svg`<path class="loss" d=${mean.path} />`}
      <path class="validation" d=${validation} />
      ${trace.frames.map(({ step }) => (step === undefined ? nothing : svg`<path class="frame-line" d="M${steps.position(step)},0V${HIGH}" />`))}
      ${at === undefined ? nothing : svg`<path class="frame-line chosen" d="M${steps.position(at)},0V${HIGH}" />`}
    </svg>
    <div class="curve-losses">
      ${apart(losses.ticks).map(({ position, text }) => html`<span style="top: ${position}px">${text}</span>`)}
    </div>
    <div class="ticks">
      ${steps.ticks.map(({ position, text }) => html`<span style="left: ${(100 * position) / WIDE}%">${text}</span>`)}
    </div>
    <p class="legend">
      <span class="loss">${texts.loss}</span>
      ${validationPoints.length === 0 ? nothing : html`<span class="validation">${texts.validation}</span>`}
    </p>
  </div>`
}
