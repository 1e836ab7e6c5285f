import { html, nothing, type TemplateResult } from 'lit'
import { sizeOf } from '../analysis/index.ts'
import { pictureOf } from '../images/painting.ts'
import { rovingKey } from '../ui/arrow-keys.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { chosenMap, mapKey, shownMap } from './shown-map.ts'

/** Maps that a strip shows; grids of filters have hundreds. */
const MOST = 40

/** The maps of an explanation, small, to choose from. */
export function mapStrip(scene: Scene, { answer }: Side): TemplateResult | typeof nothing {
  const { texts, state, actions } = scene
  const { explanation } = answer
  if (explanation === undefined || explanation.maps.length < 2) return nothing
  const chosen = chosenMap(explanation, state.map)
  return html`<div class="strip" role="radiogroup" aria-label=${texts.map} @keydown=${rovingKey}>
    ${explanation.maps.slice(0, MOST).map((map) => {
      const { plane, scale, drawn } = shownMap(explanation, map, state.range)
      const { width, height } = sizeOf(plane)
      const key = mapKey(map)
      return html`<button
        type="button"
        role="radio"
        data-roving
        class="thumbnail"
        aria-checked=${map === chosen}
        tabindex=${map === chosen ? 0 : -1}
        @click=${() => actions.change({ map: key })}
        @focus=${() => map !== chosen && actions.change({ map: key })}
      >
        <span class="thumbnail-picture" style="aspect-ratio: ${width} / ${height}">
          ${drawn ? html`<canvas .painting=${pictureOf(plane, scale, 0)}></canvas>` : html`<i class="nothing"></i>`}
        </span>
        <span>${map.title ?? (map.name === 'input' ? texts.inputMap : map.name)}</span>
      </button>`
    })}
  </div>`
}
