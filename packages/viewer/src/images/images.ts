import { html, nothing, type TemplateResult } from 'lit'
import { type FoundImage, imagesOf, placeOf, valuesAt } from '../analysis/index.ts'
import { arrangements } from '../state.ts'
import { colourBar } from '../ui/colour-bar.ts'
import { choicesOf, segments } from '../ui/controls.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { cursor, targetMark } from './marks.ts'
import { type Painting, pictureOf } from './painting.ts'
import { pictureFrame } from './picture-frame.ts'

/** The images, side by side or two of them under a slider. */
export function images(scene: Scene): TemplateResult {
  const { texts, state, sides, actions, pixel } = scene
  const arrangement = segments(
    texts.arrangement,
    choicesOf(arrangements, texts.arrangements),
    state.arrangement,
    (value) => actions.change({ arrangement: value }),
  )
  const slider = state.arrangement === 'slider' ? scene.extra('comparison') : undefined
  return html`<section class="card images" part="images" aria-labelledby="images-title">
    <header>
      <h3 id="images-title">${texts.images}</h3>
      <p class="read-out" part="read-out">${pixel === undefined ? texts.noPixel : texts.pixel(pixel.x, pixel.y)}</p>
      ${arrangement}
    </header>
    ${slider?.(scene) ?? sides.map((side) => tiles(scene, side))}
  </section>`
}

function tiles(scene: Scene, side: Side): TemplateResult {
  const found = imagesOf(side.trace, side.frame)
  return html`${sideName(side)}
    <div class="tiles">${found.map((image) => tile(scene, side, image))}</div>`
}

/** The name of one of two that are compared. */
export const sideName = ({ name }: Side): unknown => (name === '' ? nothing : html`<h4 class="side-name">${name}</h4>`)

function tile(scene: Scene, side: Side, image: FoundImage): TemplateResult {
  const { texts, pointer, pixel, zoom } = scene
  const { name, width, height } = image
  return html`<figure class="tile" data-image=${name}>
    <div
      class="frame"
      role="img"
      aria-label="${texts.imageNames[name]}: ${texts.imageMeanings[name]}"
      @pointerdown=${pointer.down}
      @pointermove=${pointer.move}
      @pointerup=${pointer.up}
      @pointercancel=${pointer.cancel}
      @pointerleave=${pointer.leave}
      @wheel=${pointer.wheel}
      @touchstart=${pointer.touch}
    >
      ${pictureFrame({
        size: { width, height },
        zoom,
        content: html`<canvas .painting=${imagePainting(image)}></canvas>
          ${marks(scene, side)} ${cursor(pixel, scene.size)}`,
      })}
    </div>
    <figcaption>
      <span title=${texts.imageMeanings[name]}>${texts.imageNames[name]}</span>
      <data class="value">${pixel === undefined ? '' : shownValues(scene, valuesAt(image.tensor, pixel))}</data>
    </figcaption>
    ${image.signed ? colourBar(image.scale, texts.units.brightness, image.open) : nothing}
  </figure>`
}

export const imagePainting = ({ tensor, scale }: FoundImage): Painting => pictureOf(tensor, scale)

/** The values of a pixel's channels. */
export const shownValues = ({ texts }: Scene, values: readonly number[]): string =>
  values.map((value) => texts.shown(value)).join(' ')

/** The target, and what is being brushed. */
export function marks({ target, size }: Scene, side: Side): unknown {
  const { explanation } = side.answer
  const recorded = target?.kind === 'recorded' && explanation !== undefined ? placeOf(explanation.target).boxes : []
  return targetMark(target, recorded, size)
}
