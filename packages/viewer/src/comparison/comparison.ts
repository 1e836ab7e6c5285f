import { html, type TemplateResult } from 'lit'
import { type FoundImage, imagesOf, valuesAt } from '../analysis/index.ts'
import { clipBefore, dividerAfterKey, dividerAt } from '../drawing/index.ts'
import { imagePainting, marks, shownValues, sideName } from '../images/images.ts'
import { cursor } from '../images/marks.ts'
import { pictureFrame } from '../images/picture-frame.ts'
import { type Texts, textsWith } from '../texts.ts'
import { select } from '../ui/controls.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { type ComparisonTexts, comparisonEnglish } from './comparison-texts.ts'

export { comparisonStyles as styles } from './styles.ts'

interface ComparisonScene extends Scene {
  readonly texts: Texts & ComparisonTexts
}

/** Two images under a slider; of what is compared, each under its own, in step. */
export function comparison(given: Scene): TemplateResult {
  const scene = { ...given, texts: textsWith(comparisonEnglish, given.texts) }
  const { texts, state, sides, actions } = scene
  const [{ trace, frame }] = sides
  const choices = imagesOf(trace, frame).map(({ name }) => ({ value: name, text: texts.imageNames[name] }))
  return html`<div class="row">
      ${select(texts.firstImage, choices, state.first, (first) => actions.change({ first }))}
      ${select(texts.secondImage, choices, state.second, (second) => actions.change({ second }))}
    </div>
    <div class="comparisons">${sides.map((side) => slid(scene, side))}</div>`
}

function slid(scene: ComparisonScene, side: Side): TemplateResult {
  const { texts, state, pixel } = scene
  const found = imagesOf(side.trace, side.frame)
  const first = found.find(({ name }) => name === state.first) ?? found[0]
  const second = found.find(({ name }) => name === state.second) ?? found[0]
  if (first === undefined || second === undefined) return html``
  const value = (image: FoundImage) =>
    html`<span data-image=${image.name}
      >${texts.imageNames[image.name]}
      <data class="value">${pixel === undefined ? '' : shownValues(scene, valuesAt(image.tensor, pixel))}</data></span
    >`
  return html`<figure class="comparison" part="comparison">
    ${sideName(side)}
    ${frameOf(scene, side, first, second)}
    <figcaption>${value(first)} ${value(second)}</figcaption>
  </figure>`
}

function frameOf(scene: ComparisonScene, side: Side, first: FoundImage, second: FoundImage): TemplateResult {
  const { texts, state, pointer, actions, rightToLeft, zoom, size } = scene
  const share = Math.round(100 * state.divider)
  const moveTo = (divider: number, moving: boolean) => actions.change({ divider }, { name: 'divider', moving })
  const dragged = (event: PointerEvent, moving: boolean) => {
    const handle = event.currentTarget as Element
    if (!handle.hasPointerCapture(event.pointerId)) return
    const { left: start, width } = (handle.parentElement ?? handle).getBoundingClientRect()
    moveTo(dividerAt(event.clientX, start, width, rightToLeft), moving)
  }
  const key = (event: KeyboardEvent) => {
    const divider = dividerAfterKey(state.divider, event, rightToLeft)
    if (divider === undefined) return
    event.preventDefault()
    moveTo(divider, false)
  }
  return html`<div
    class="frame"
    @pointerdown=${pointer.down}
    @pointermove=${pointer.move}
    @pointerup=${pointer.up}
    @pointercancel=${pointer.cancel}
    @pointerleave=${pointer.leave}
    @wheel=${pointer.wheel}
    @touchstart=${pointer.touch}
  >
    ${pictureFrame({
      size,
      zoom,
      content: html`<canvas .painting=${imagePainting(second)}></canvas> ${marks(scene, side)}`,
    })}
    <div class="before" style="clip-path: ${clipBefore(state.divider, rightToLeft)}">
      ${pictureFrame({ size, zoom, content: html`<canvas .painting=${imagePainting(first)}></canvas>` })}
    </div>
    <div class="plane-marks">${pictureFrame({ size, zoom, content: cursor(scene.pixel, size) })}</div>
    <div
      class="divider"
      part="divider"
      role="slider"
      tabindex="0"
      aria-label=${texts.divider}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${share}
      aria-valuetext=${texts.dividerAt(texts.imageNames[first.name], texts.imageNames[second.name], share)}
      style="inset-inline-start: ${100 * state.divider}%"
      @pointerdown=${(event: PointerEvent) => {
        event.stopPropagation()
        ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
      }}
      @pointermove=${(event: PointerEvent) => dragged(event, true)}
      @pointerup=${(event: PointerEvent) => dragged(event, false)}
      @keydown=${key}
    ></div>
  </div>`
}
