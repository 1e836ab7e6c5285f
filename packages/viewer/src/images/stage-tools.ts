import { html, nothing, type TemplateResult } from 'lit'
import { imagesOf } from '../analysis/index.ts'
import { choicesOf, segments, select, slider } from '../ui/controls.ts'
import type { Scene, Tool } from '../ui/scene.ts'
import { wholeImage } from './picture-frame.ts'
import { ZOOM_STEP, zoomedAbout } from './zoom.ts'

/** Widest brush, as a share of the image's shorter side. */
const WIDEST = 0.25

/** What the pointer does on the image, and which part of the image is seen. */
export function stageTools(scene: Scene): TemplateResult {
  const { texts, tool, actions, controls } = scene
  const tools: readonly Tool[] = controls === undefined ? ['pixel', 'region'] : ['pixel', 'region', 'noise']
  return html`<div class="row tools">
      ${segments(texts.tool, choicesOf(tools, texts.tools), tool, actions.use)} ${tool === 'pixel' ? nothing : brush(scene)}
      ${zoomButtons(scene)}
    </div>
    <p id="stage-help" class="hidden">${texts.stageHelp}</p>`
}

/** The image below the map, and how much of it shows through. */
export function stageLook({ texts, state, actions, sides }: Scene): TemplateResult {
  const [{ trace, frame }] = sides
  const bases = imagesOf(trace, frame).map(({ name }) => ({ value: name, text: texts.imageNames[name] }))
  return html`<div class="row">
    ${select(texts.base, bases, state.base, (base) => actions.change({ base }))}
    ${slider({
      label: texts.opacity,
      value: state.opacity,
      least: 0,
      most: 1,
      step: 0.05,
      text: texts.percent(state.opacity),
      onMove: (opacity, moving) => actions.change({ opacity }, { name: 'opacity', moving }),
    })}
  </div>`
}

function brush({ texts, size, brush, tool, actions }: Scene): TemplateResult {
  const most = Math.max(Math.round(WIDEST * Math.min(size.width, size.height)), 1)
  return html`${slider({
    label: texts.brushSize,
    value: brush.radius,
    least: 0.5,
    most,
    step: 0.5,
    text: texts.brushSizeText(2 * brush.radius),
    onMove: (radius, moving) => actions.setBrush({ radius }, { name: 'brush', moving }),
  })}
  ${tool === 'region' ? html`<button type="button" @click=${actions.clear}>${texts.clearRegion}</button>` : nothing}`
}

function zoomButtons({ texts, zoom, actions, target, size, pixel }: Scene): TemplateResult {
  const whole = zoom.factor <= 1
  const at = pixel ?? (target?.kind === 'pixel' ? target : { x: size.width / 2, y: size.height / 2 })
  const by = (factor: number) => () =>
    actions.zoomTo(zoomedAbout(zoom, factor, (at.x + 0.5) / size.width, (at.y + 0.5) / size.height))
  const button = (label: string, sign: string, factor: number, disabled: boolean) =>
    html`<button type="button" class="icon" aria-label=${label} ?disabled=${disabled} @click=${by(factor)}>${sign}</button>`
  return html`<div class="buttons zoom">
    ${button(texts.zoomOut, '−', 1 / ZOOM_STEP, whole)} ${button(texts.zoomIn, '+', ZOOM_STEP, false)}
    <button type="button" ?disabled=${whole} @click=${() => actions.zoomTo(wholeImage)}>${texts.zoomReset}</button>
  </div>`
}
