import { html, nothing, type TemplateResult } from 'lit'
import { channelsInOrder, type FoundLayer, layersOf } from '../analysis/index.ts'
import { layerMapOf, mapKey, shownMap } from '../explanation/shown-map.ts'
import { sideName } from '../images/images.ts'
import { pictureOf } from '../images/painting.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { channel } from './channel.ts'
import { channelSheet } from './channel-sheet.ts'

/** A layer: its name, shape and parameters, its map, and its channels: all of them when it is the chosen one. */
export function layer(scene: Scene, found: FoundLayer): TemplateResult {
  const { texts, state, actions, sides } = scene
  const chosen = found.name === state.layer
  const { name, kind, shape, parameters } = found
  const what = `${kind}, ${texts.shape(shape)}, ${parameters === 0 ? texts.noParameters : texts.parameters(parameters)}`
  const sheets = sides.map((side) => {
    const same = side === sides[0] ? found : layersOf(side.trace, side.frame).find((each) => each.name === name)
    if (same === undefined) return nothing
    return html`${sideName(side)} ${channelSheet(scene, same, chosen)}`
  })
  return html`<li class="layer" ?data-chosen=${chosen} data-layer=${name}>
    <div class="layer-head">
      <button
        type="button"
        class="layer-name"
        data-roving
        tabindex=${chosen ? 0 : -1}
        aria-expanded=${chosen}
        aria-label="${name}, ${what}"
        @click=${() => actions.change({ layer: name, channel: firstChannel(scene, found) })}
      >
        ${name}
      </button>
      <span class="quiet">${what}</span>
      ${sides.map((side) => layerMap(scene, side, name))}
    </div>
    ${chosen ? channel(scene, found) : nothing}
    ${sheets}
  </li>`
}

/** The channel that is shown first. */
const firstChannel = ({ state }: Scene, { activation }: FoundLayer): number =>
  (activation && channelsInOrder(activation, state.sort)[0]) ?? 0

/** A layer's map, or its place, so that nothing moves when the map comes. */
function layerMap(scene: Scene, { layers }: Side, name: string): TemplateResult | typeof nothing {
  const { texts, state, size, actions } = scene
  const { explanation, pending } = layers
  const map = layerMapOf(explanation, name)
  const shape = `aspect-ratio: ${size.width} / ${size.height}`
  if (explanation === undefined || map === undefined)
    return pending || explanation ? html`<i class="layer-map" style=${shape}></i>` : nothing
  const { plane, scale, drawn } = shownMap(explanation, map, state.range)
  const words = texts.layerMap(name, explanation.title)
  return html`<button
    type="button"
    class="layer-map"
    style=${shape}
    aria-label=${drawn ? words : `${words}: ${texts.statuses[map.status]}`}
    title=${drawn ? words : texts.statuses[map.status]}
    @click=${() => actions.change({ method: explanation.method, map: mapKey(map) })}
  >
    ${
      drawn
        ? html`<canvas class="pixelated" .painting=${pictureOf(plane, scale, 0)}></canvas>`
        : html`<i class="nothing"></i>`
    }
  </button>`
}
