import { html, type TemplateResult } from 'lit'
import { channelOrders, layersOf, rangeScopes, valuesAt } from '../analysis/index.ts'
import { rovingKey } from '../ui/arrow-keys.ts'
import { choicesOf, select } from '../ui/controls.ts'
import type { Hovered, Scene } from '../ui/scene.ts'
import { layer } from './layer.ts'

/** The network as a column of layers, in the order in which they run. */
export function network(scene: Scene): TemplateResult {
  const { texts, state, actions, sides, hovered } = scene
  const [{ trace, frame, layers: answer }] = sides
  const { model } = trace
  const layers = layersOf(trace, frame)
  const orders = choicesOf(channelOrders, texts.sortings)
  const scopes = choicesOf(rangeScopes, texts.ranges)
  return html`<section class="card network" part="network" aria-labelledby="network-title">
    <header>
      <h3 id="network-title">${texts.network}</h3>
      <p class="quiet">${model.name}, ${texts.layers(layers.length)}, ${texts.parameters(model.parameters)}</p>
      ${select(texts.sort, orders, state.sort, (sort) => actions.change({ sort }))}
      ${select(texts.range, scopes, state.range, (range) => actions.change({ range }))}
    </header>
    <p class="read-out" part="read-out">
      <span>${hovered === undefined ? texts.noChannel : hoveredText(scene, hovered)}</span>
      <span>${answer.explanation ? texts.layerMaps(answer.explanation.title) : answer.failure?.message}</span>
    </p>
    <ol class="layers" @keydown=${rovingKey} @pointerleave=${() => hovered !== undefined && actions.hover(undefined)}>
      ${layers.map((each) => layer(scene, each))}
    </ol>
  </section>`
}

function hoveredText({ texts, sides }: Scene, { layer, channel, place }: Hovered): string {
  const activation = sides[0].frame.activations.find((each) => each.layer === layer)
  const value = activation && valuesAt(activation, place)[channel]
  return texts.channelAt(layer, channel, place.x, place.y, texts.shown(value))
}
