import { html, nothing, type TemplateResult } from 'lit'
import { channelsInOrder, channelsOf, type FoundLayer, sizeOf } from '../analysis/index.ts'
import { cellBox, placeAt, type SheetLayout, sheetLayout } from '../drawing/index.ts'
import { sheetOf } from '../images/painting.ts'
import { itemAfterKey } from '../ui/arrow-keys.ts'
import type { Scene } from '../ui/scene.ts'
import { channelScale } from './channel-scale.ts'

/** Room for the number of channels that are not shown. */
const MORE = 40

/** Longest side of a channel's picture, and the room between two, in CSS pixels. */
const CELL = 44
const GAP = 4

/** The channels of a layer: all of them to choose from, or those that fit into a row. */
export function channelSheet(scene: Scene, layer: FoundLayer, all: boolean): TemplateResult {
  const { texts, state, sides, sheetWidth, actions } = scene
  const { name, activation } = layer
  if (activation === undefined) return html`<p class="quiet">${texts.noActivations}</p>`
  const { width, height, channels: count } = sizeOf(activation)
  const channels = channelsInOrder(activation, state.sort)
  const layoutOf = (shown: readonly number[], available: number) =>
    sheetLayout({ channels: shown, width, height, available, cell: CELL, gap: GAP, ratio: pixelRatio() })
  const whole = layoutOf(channels, sheetWidth)
  const hides = !all && whole.columns < count
  const fitting = hides ? layoutOf(channels, sheetWidth - MORE).columns : count
  const layout = hides ? layoutOf(channels.slice(0, fitting), sheetWidth) : whole
  const scale = (channel: number) => channelScale(scene, activation, channel)
  const colours = [state.range, ...sides.map(({ frame }) => frame.activations)]
  const hover = (event: PointerEvent) => {
    const place = placeIn(event, layout)
    actions.hover(place && { layer: name, channel: place.channel, place })
  }
  const click = (event: MouseEvent) => {
    const place = placeIn(event, layout)
    if (place !== undefined) actions.change({ layer: name, channel: place.channel })
  }
  return html`<div class="sheet-row">
    <div
      class="sheet"
      style="width: ${layout.width / layout.ratio}px; height: ${layout.height / layout.ratio}px"
      @pointermove=${hover}
      @click=${click}
    >
      <canvas .painting=${sheetOf(activation, layout, scale, colours)}></canvas>
      ${all ? cells(scene, layer, layout) : nothing}
    </div>
    ${hides ? html`<span class="quiet">${texts.moreChannels(count - fitting)}</span>` : nothing}
    </div>`
}

const pixelRatio = (): number => globalThis.devicePixelRatio ?? 1

function placeIn(event: MouseEvent, layout: SheetLayout): ReturnType<typeof placeAt> {
  const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
  return placeAt(layout, event.clientX - left, event.clientY - top)
}

/** What can be focused and spoken, over the pictures. */
function cells(scene: Scene, { name, activation }: FoundLayer, layout: SheetLayout): TemplateResult | typeof nothing {
  const { texts, state, actions } = scene
  if (activation === undefined) return nothing
  const summaries = channelsOf(activation)
  const { channels, columns } = layout
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const list = event.currentTarget as HTMLElement
    if (event.key === 'Escape') {
      event.preventDefault()
      list.closest('.layer')?.querySelector<HTMLElement>('.layer-name')?.focus()
      return
    }
    const at = channels.indexOf(state.channel)
    // The sheet lies from left to right whatever the page's direction.
    const next = itemAfterKey(event, { count: channels.length, at, columns, rightToLeft: false })
    const channel = next === undefined ? undefined : channels[next]
    if (next === undefined || channel === undefined) return
    event.preventDefault()
    actions.change({ channel })
    ;(list.children[next] as HTMLElement | undefined)?.focus()
  }
  return html`<div class="cells" role="listbox" aria-label=${texts.channels(name)} @keydown=${key}>
    ${channels.map((channel, position) => {
      const { x, y, width, height } = cellBox(layout, position)
      const summary = summaries[channel]
      const energy = texts.energyText(texts.shown(summary?.energy, 3))
      const words = `${texts.channel(channel)}, ${summary?.state === 'live' ? energy : texts.channelStates[summary?.state ?? 'flat']}`
      return html`<div
        role="option"
        class="cell"
        tabindex=${channel === state.channel ? 0 : -1}
        aria-selected=${channel === state.channel}
        aria-label=${words}
        title=${words}
        data-channel=${channel}
        style="left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px"
      ></div>`
    })}
  </div>`
}
