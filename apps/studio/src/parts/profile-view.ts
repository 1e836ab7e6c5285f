import type { Profile, ProfiledKernel, ProfiledLayer } from '@noisescope/core'
import { css, html, type TemplateResult } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'

export const profileStyles = css`
  .flame {
    display: flex;
    height: 4rem;
    margin-block-end: 0.75rem;
    border: 1px solid var(--rule);
    /* Layers run from left to right in every script. */
    direction: ltr;
  }
  .flame .layer {
    --colour: var(--accent);
    display: grid;
    grid-template: 1fr 1fr / minmax(0, 1fr);
    flex-basis: 0;
    min-width: 0;
    overflow: hidden;
  }
  .flame .layer:nth-child(even) {
    --colour: var(--second);
  }
  .flame .name,
  .flame .kernel {
    min-width: 0;
    border-inline-start: 1px solid var(--surface);
  }
  .flame .name {
    padding: 0.35rem 0.3rem;
    overflow: hidden;
    font-size: 0.75rem;
    white-space: nowrap;
    background: color-mix(in srgb, var(--colour) 18%, var(--surface));
  }
  .flame .kernels {
    display: flex;
    min-width: 0;
  }
  .flame .kernel {
    flex-basis: 0;
    background: color-mix(in srgb, var(--colour) 70%, var(--surface));
  }
  .flame .gradient {
    background-image: repeating-linear-gradient(
      135deg,
      transparent 0 4px,
      color-mix(in srgb, var(--surface) 45%, transparent) 4px 7px
    );
  }
`

/** A bar of the time: a segment for each layer, as wide as its share, and its kernels below it, those of gradients hatched. */
export function profileBar({ layers, milliseconds }: Profile): TemplateResult {
  const [longest] = layers.toSorted((a, b) => b.milliseconds - a.milliseconds)
  const most = longest === undefined ? '' : `; most in ${layerText(longest.layer)}, ${percent(longest.shareOfTime)}`
  return html`<div
    class="flame"
    role="img"
    aria-label="${layers.length} layers, ${time(milliseconds)} in all${most}. Each is in the table below."
  >
    ${layers.map(
      (each) => html`<div class="layer" style=${wide(each)}>
        <div class="name" title="${layerText(each.layer)}: ${time(each.milliseconds)}, ${percent(each.shareOfTime)}">
          ${layerText(each.layer)}
        </div>
        <div class="kernels">
          ${each.kernels.map(
            (kernel) => html`<div
              class="kernel ${kernel.isGradient ? 'gradient' : ''}"
              style=${wide(kernel)}
              title=${kernelWords(kernel, milliseconds)}
            ></div>`,
          )}
        </div>
      </div>`,
    )}
  </div>`
}

/** Every kernel with its numbers, layer by layer. */
export const profileTable = ({ layers, milliseconds }: Profile): TemplateResult =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="Time of every kernel">
    <table>
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col">kernel</th>
          <th scope="col">ms</th>
          <th scope="col">share</th>
          <th scope="col">GFLOP/s</th>
          <th scope="col">GB/s</th>
        </tr>
      </thead>
      <tbody>
        ${layers.flatMap(({ kernels }) => kernels).map((kernel) => kernelRow(kernel, milliseconds))}
      </tbody>
    </table>
  </div>`

const kernelRow = (each: ProfiledKernel, all: number): TemplateResult =>
  html`<tr>
    <th scope="row">${layerText(each.layer)}${each.isGradient ? ', gradient' : ''}</th>
    <td>${each.kernel}${each.dispatches > 1 ? ` (${each.dispatches} times)` : ''}</td>
    <td>${digits(each.milliseconds)}</td>
    <td>${percent(all > 0 ? each.milliseconds / all : 0)}</td>
    <td>${each.operations > 0 ? giga(each.operationsPerSecond) : ''}</td>
    <td>${giga(each.bytesPerSecond)}</td>
  </tr>`

function kernelWords(kernel: ProfiledKernel, all: number): string {
  const { layer, isGradient, milliseconds, operations, operationsPerSecond, bytesPerSecond } = kernel
  const rates = [
    ...(operations > 0 ? [`${giga(operationsPerSecond)} GFLOP/s`] : []),
    `${giga(bytesPerSecond)} GB/s`,
    percent(all > 0 ? milliseconds / all : 0),
  ]
  const part = `${layerText(layer)}${isGradient ? ', gradient' : ''}`
  return `${part}: ${kernel.kernel}, ${time(milliseconds)}, ${rates.join(', ')}`
}

/** In nanoseconds: shares that sum up to less than 1 would not fill the bar. */
const wide = ({ milliseconds }: Pick<ProfiledLayer, 'milliseconds'>) =>
  styleMap({ 'flex-grow': String(1e6 * milliseconds) })

const layerText = (layer: string): string => (layer === '' ? 'outside layers' : layer)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const digits = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(3))))
const giga = (rate: number): string => digits(rate / 1e9)
export const time = (milliseconds: number): string =>
  milliseconds < 1000 ? `${digits(milliseconds)} ms` : `${digits(milliseconds / 1000)} s`
