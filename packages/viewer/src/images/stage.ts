import { html, nothing, type TemplateResult } from 'lit'
import { imageOf, imagesOf, scaledPixel, sizeOf, valuesAt } from '../analysis/index.ts'
import { chosenMap, mapKey, type ShownMap, shownMap } from '../explanation/shown-map.ts'
import { colourBar } from '../ui/colour-bar.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { imagePainting, marks, shownValues } from './images.ts'
import { area, cursor } from './marks.ts'
import { pictureOf } from './painting.ts'
import { pictureFrame } from './picture-frame.ts'
import { pixelCursorKey, start } from './pixel-cursor.ts'

/** The chosen map of a side, as it is drawn. */
export function mapOnStage({ state, sides }: Scene, { answer }: Side): ShownMap | undefined {
  const { explanation } = answer
  const map = explanation && chosenMap(explanation, state.map)
  return (
    explanation &&
    map &&
    shownMap(
      explanation,
      map,
      state.range,
      sides.flatMap((side) => side.answer.explanation ?? []),
    )
  )
}

/** The image with the map over it, and the pixel cursor. */
export function stage(scene: Scene, side: Side): TemplateResult {
  const { texts, state, pointer, size, zoom, tool, stroke, actions } = scene
  const below = imageOf(side.trace, side.frame, state.base) ?? imagesOf(side.trace, side.frame)[0]
  const shown = mapOnStage(scene, side)
  const { x, y } = scene.pixel ?? start(scene)
  const words = spoken(scene, side, shown)
  return html`<div class="stage" ?data-busy=${side.answer.pending}>
    <div
      class="frame"
      part="stage"
      data-tool=${tool}
      role="slider"
      tabindex="0"
      aria-label=${texts.stage}
      aria-describedby="stage-help"
      aria-valuemin="0"
      aria-valuemax=${size.width * size.height - 1}
      aria-valuenow=${y * size.width + x}
      aria-valuetext=${words}
      @focus=${() => scene.pixel === undefined && actions.point(start(scene))}
      @keydown=${(event: KeyboardEvent) => pixelCursorKey(event, scene)}
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
        content: html`${below === undefined ? nothing : html`<canvas .painting=${imagePainting(below)}></canvas>`}
          ${shown?.drawn ? html`<canvas class="map" style="opacity: ${state.opacity}" .painting=${pictureOf(shown.plane, shown.scale, 0)}></canvas>` : nothing}
          ${marks(scene, side)} ${stroke === undefined ? nothing : area('stroke', stroke, size)} ${cursor(scene.pixel, size)}`,
      })}
      ${shown === undefined || shown.drawn ? nothing : html`<p class="over">${texts.statuses[shown.map.status]}</p>`}
    </div>
    <p class="read-out" part="read-out">${words}</p>
    ${shown?.drawn ? colourBar(shown.scale, unitsOf(scene, shown)) : side.answer.pending ? emptyBar : nothing}
  </div>`
}

/** The place of the colour bar, so that nothing moves when it comes. */
const emptyBar = html`<div class="colour-bar">
  <div class="gradient"></div>
  <div class="ticks"></div>
  <div class="bar-title">&nbsp;</div>
</div>`

const unitsOf = ({ texts }: Scene, { map }: ShownMap): string => texts.mapUnits[map.units] ?? map.units

/** The cursor's place and the values there, in words. */
function spoken(scene: Scene, side: Side, shown: ShownMap | undefined): string {
  const { texts, state, size, pixel } = scene
  if (pixel === undefined) return texts.noPixel
  const below = imageOf(side.trace, side.frame, state.base)
  const parts = [texts.pixel(pixel.x, pixel.y)]
  if (below !== undefined)
    parts.push(`${texts.imageNames[below.name]} ${shownValues(scene, valuesAt(below.tensor, pixel))}`)
  if (shown?.drawn) {
    const place = scaledPixel(pixel, size, sizeOf(shown.plane))
    parts.push(`${mapName(scene, shown)} ${shownValues(scene, valuesAt(shown.plane, place))}`)
  }
  return parts.join(', ')
}

const mapName = ({ texts }: Scene, { map }: ShownMap): string =>
  mapKey(map) === 'input' ? texts.map : `${texts.map} ${map.title ?? map.name}`
