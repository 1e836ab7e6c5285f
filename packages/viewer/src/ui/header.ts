import { html, type TemplateResult } from 'lit'
import type { Scene, Side } from './scene.ts'

/** What is looked at, and what can be taken along. */
export function header({ texts, sides, actions }: Scene): TemplateResult {
  const [{ trace }] = sides
  const save = (what: Parameters<typeof actions.save>[0]) => (event: Event) => {
    ;(event.currentTarget as Element).closest('details')?.removeAttribute('open')
    actions.save(what)
  }
  return html`<header class="top" part="header">
    <div class="title">
      <h2>${trace.source.name}</h2>
      ${sides.map((side) => html`<p class="quiet">${sideText(side)}</p>`)}
      
    </div>
    <div class="toolbar" part="toolbar">
      <slot name="toolbar"></slot>
      <details class="menu">
        <summary>${texts.save}</summary>
        <div class="menu-items">
          <button type="button" @click=${save('png')}>${texts.saveFigurePng}</button>
          <button type="button" @click=${save('svg')}>${texts.saveFigureSvg}</button>
          <button type="button" @click=${save('trace')}>${texts.saveTrace}</button>
          <button type="button" @click=${save('link')}>${texts.copyLink}</button>
        </div>
      </details>
    </div>
  </header>`
}

/** What is special about a side. */
function sideText({ name, trace: { source, model } }: Side): string {
  const what = [source.noise?.text, model.name].filter((part) => part !== undefined).join(' · ')
  return name === '' ? what : `${name}: ${what}`
}
