import { html, nothing, type TemplateResult } from 'lit'
import type { LiveControls, NoiseKind } from '../sources/source.ts'
import type { Texts } from '../texts.ts'
import { choicesOf, fileButton, select, slider } from '../ui/controls.ts'
import type { Scene } from '../ui/scene.ts'
import type { LiveTexts } from './live-texts.ts'
import type { LiveTools } from './live-tools.ts'
import { noiseKinds, noiseOf, strengthOf, strengths } from './noise-strength.ts'

/** Brightness of white where noise levels are given on 0..255. */
const WHITE = 255
const MOST_LEVEL = 75

type Words = Texts & LiveTexts

/** What a live source lets one change: the noise, the level that the model is told, the image. */
export function noiseCard(scene: Scene, texts: Words, controls: LiveControls, tools: LiveTools): TemplateResult {
  return html`<section class="card noise" part="noise" aria-labelledby="noise-title">
    <header><h3 id="noise-title">${scene.tool === 'noise' ? texts.brushNoise : texts.noise}</h3></header>
    <div class="row">${noiseFields(scene, texts, controls, tools)} ${levelField(scene, texts, controls, tools)}</div>
    <div class="buttons">
      ${fileButton(texts.ownImage, 'image/*', tools.setImage)}
      <button type="button" @click=${() => tools.photograph()}>${texts.camera}</button>
    </div>
  </section>`
}

/** Of the whole image, or of the brush while that is chosen. */
function noiseFields(
  { tool, brush, actions }: Scene,
  texts: Words,
  { noise: settings }: LiveControls,
  tools: LiveTools,
): TemplateResult {
  const brushing = tool === 'noise'
  const kind = brushing ? brush.kind : settings.kind
  const strength = brushing ? brush.strength : strengthOf(settings)
  const { parameter, least, most, step } = strengths[kind]
  const set = (next: NoiseKind, value: number, moving: boolean) =>
    brushing
      ? actions.setBrush({ kind: next, strength: value }, { name: 'brush', moving })
      : tools.setNoise(noiseOf(next, value, settings.seed), moving)
  const redraw = () => tools.setNoise({ ...settings, seed: (settings.seed ?? 1) + 1 }, false)
  return html`${select(texts.noiseKind, choicesOf(noiseKinds, texts.noiseKinds), kind, (next) =>
    set(next, strengths[next].usual, false),
  )}
  ${slider({
    label: texts.noiseParameters[parameter] ?? parameter,
    value: strength,
    least,
    most,
    step,
    text: texts.shown(strength),
    onMove: (value, moving) => set(kind, value, moving),
  })}
  ${brushing ? nothing : html`<button type="button" @click=${redraw}>${texts.redraw}</button>`}`
}

function levelField(
  { sides }: Scene,
  texts: Words,
  { takesSigma = true }: LiveControls,
  tools: LiveTools,
): TemplateResult | typeof nothing {
  const [{ trace }] = sides
  const { sigma } = trace.source
  if (sigma === undefined || !takesSigma) return nothing
  const level = Math.round(sigma * WHITE)
  return slider({
    label: texts.sigma,
    value: level,
    least: 0,
    most: MOST_LEVEL,
    step: 1,
    text: texts.shown(level),
    onMove: (value, moving) => tools.setSigma(value / WHITE, moving),
  })
}
