import type { TraceActivation } from '@noisescope/explain/trace'
import { endsOf, type Scale } from '@noisescope/palettes'
import { html, nothing, svg, type TemplateResult } from 'lit'
import {
  channelsOf,
  type FoundLayer,
  histogramOf,
  layersOf,
  meanIn,
  planeOf,
  scaledPixel,
  sizeOf,
} from '../analysis/index.ts'
import { histogramPath } from '../drawing/index.ts'
import { sideName } from '../images/images.ts'
import { cursor } from '../images/marks.ts'
import { pictureOf } from '../images/painting.ts'
import { pictureFrame } from '../images/picture-frame.ts'
import { clamp } from '../numbers.ts'
import { colourBar } from '../ui/colour-bar.ts'
import type { Scene, Side } from '../ui/scene.ts'
import { channelScale } from './channel-scale.ts'

/** The chosen channel, large, with its histogram and numbers. */
export function channel(scene: Scene, found: FoundLayer): TemplateResult {
  const { texts, state, sides, actions, controls, methods } = scene
  const count = found.shape[0] ?? 1
  const to = (next: number) => () => actions.change({ channel: (next + count) % count })
  const explain = () => actions.choose({ kind: 'channel', layer: found.name, channel: state.channel })
  return html`<div class="channel" part="channel">
    <div class="row">
      <h4>${texts.channel(state.channel)}</h4>
      <div class="buttons">
        <button type="button" class="icon" aria-label=${texts.previousChannel} @click=${to(state.channel - 1)}>‹</button>
        <button type="button" class="icon" aria-label=${texts.nextChannel} @click=${to(state.channel + 1)}>›</button>
      </div>
      ${
        controls === undefined || methods.length === 0
          ? nothing
          : html`<button type="button" @click=${explain}>${texts.useChannel}</button>`
      }
    </div>
    <div class="sides">${sides.map((side) => {
      const { activation } = layersOf(side.trace, side.frame).find(({ name }) => name === found.name) ?? {}
      return activation === undefined ? nothing : zoomed(scene, side, activation)
    })}</div>
  </div>`
}

function zoomed(scene: Scene, side: Side, activation: TraceActivation): TemplateResult {
  const { texts, state, pixel, size, actions, target } = scene
  const plane = sizeOf(activation)
  const index = Math.min(state.channel, plane.channels - 1)
  const summary = channelsOf(activation)[index]
  const scale = channelScale(scene, activation, index)
  const place = pixel && scaledPixel(pixel, size, plane)
  const value = place && planeOf(activation, index)[place.y * plane.width + place.x]
  const point = (event: PointerEvent) => {
    const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect()
    const within = (share: number, extent: number) => clamp(Math.floor(share * extent), 0, extent - 1)
    const x = within((event.clientX - left) / width, plane.width)
    const y = within((event.clientY - top) / height, plane.height)
    actions.point(scaledPixel({ x, y }, plane, size))
  }
  return html`<div class="side">${sideName(side)}
    <div class="zoomed">
      <div
        class="frame"
        role="img"
        aria-label=${texts.channelOf(activation.layer, index)}
        @pointermove=${point}
        @pointerleave=${() => actions.point(undefined)}
      >
        ${pictureFrame({
          size: plane,
          zoom: scene.zoom,
          content: html`${
            scale === undefined ? nothing : html`<canvas .painting=${pictureOf(activation, scale, index)}></canvas>`
          }
          ${cursor(place, plane)}`,
        })}
        ${scale === undefined ? html`<p class="over">${texts.channelStates[summary?.state ?? 'flat']}</p>` : nothing}
      </div>
      <div class="channel-facts">
        ${scale === undefined ? nothing : [histogram(scene, activation, index, scale, value), colourBar(scale, texts.units.activation)]}
        <dl class="facts">
          <dt>${place === undefined ? texts.value : texts.place(place.x, place.y)}</dt>
          <dd data-fact="activation">${texts.shown(value)}</dd>
          ${
            target?.kind === 'region'
              ? html`<dt>${texts.regionMean}</dt>
                <dd data-fact="mean">${texts.shown(meanIn(activation, index, target.mask, size))}</dd>`
              : nothing
          }
          <dt>${texts.least}</dt>
          <dd data-fact="least">${texts.shown(summary?.range?.[0])}</dd>
          <dt>${texts.greatest}</dt>
          <dd data-fact="greatest">${texts.shown(summary?.range?.[1])}</dd>
          <dt title=${texts.energyMeaning}>${texts.energy}</dt>
          <dd data-fact="energy">${texts.shown(summary?.energy)}</dd>
        </dl>
        ${activation.error === undefined ? nothing : html`<p class="quiet">${texts.quantised(texts.shown(activation.error, 2))}</p>`}
      </div>
    </div>`
}

/** Height and width of the histogram's own coordinates. */
const WIDE = 256
const HIGH = 48

/** How often values occur, above the colours that they have. */
function histogram(
  { texts }: Scene,
  activation: TraceActivation,
  channel: number,
  scale: Scale,
  value: number | undefined,
): TemplateResult | typeof nothing {
  const values = planeOf(activation, channel)
  const found = histogramOf(values)
  if (found.range === null) return nothing
  const [low, high] = found.range
  const [start, end] = endsOf(scale)
  const along = (at: number) => (100 * (at - start)) / (end - start)
  const words = texts.histogram(values.length, texts.shown(low), texts.shown(high))
  return html`<div class="histogram" role="img" aria-label=${words}>
    <svg
      viewBox="0 0 ${WIDE} ${HIGH}"
      preserveAspectRatio="none"
      aria-hidden="true"
      style="left: ${along(low)}%; width: ${Math.max(along(high) - along(low), 0.5)}%"
    >
      ${svg`<path d=${histogramPath(found, { width: WIDE, height: HIGH }, 'logarithmic')} />`}
    </svg>
    ${value === undefined ? nothing : html`<div class="histogram-mark" style="left: ${along(value)}%"></div>`}
  </div>`
}
