import type { Scale } from '@noisescope/palettes'
import { html, type TemplateResult } from 'lit'
import { colourBarOf, cssGradient } from '../drawing/colour-bar.ts'

/** A bar that says which colour stands for which value, and what the values are. */
export function colourBar(scale: Scale, title: string, open = false): TemplateResult {
  const bar = colourBarOf(scale, open)
  const words = bar.ticks.map(({ text }) => text).join(', ')
  return html`<div class="colour-bar" part="colour-bar" role="img" aria-label="${title}: ${words}">
    <div class="gradient" style="background: ${cssGradient(bar, 'to right')}"></div>
    <div class="ticks">
      ${bar.ticks.map(({ position, text }) => html`<span style="left: ${100 * position}%">${text}</span>`)}
    </div>
    <div class="bar-title">${title}</div>
  </div>`
}
