import { html, type TemplateResult } from 'lit'

/** A tab and its name. */
export interface Tab<Name extends string> {
  readonly name: Name
  readonly title: string
}

/** Ids by which a tab and its panel name one another. */
export const tabId = (name: string): string => `tab-${name}`
export const panelId = (name: string): string => `panel-${name}`

/**
 * Tabs of which one is chosen. Arrow keys, Home and End go from one to another, as the ARIA practices have it; only the chosen one
 * is among the page's stops.
 */
export function tabList<Name extends string>(
  label: string,
  tabs: readonly Tab<Name>[],
  chosen: Name,
  onChoose: (name: Name) => void,
): TemplateResult {
  const pressed = (event: KeyboardEvent) => {
    const place = tabs.findIndex(({ name }) => name === chosen)
    const next = tabs[placeAfter(event, place, tabs.length)]
    if (next === undefined) return
    event.preventDefault()
    onChoose(next.name)
    const list = event.currentTarget as HTMLElement
    list.querySelector<HTMLElement>(`#${tabId(next.name)}`)?.focus()
  }
  return html`<div role="tablist" aria-label=${label} class="tabs" @keydown=${pressed}>
    ${tabs.map(
      ({ name, title }) => html`<button
        type="button"
        role="tab"
        id=${tabId(name)}
        aria-controls=${panelId(name)}
        aria-selected=${name === chosen}
        tabindex=${name === chosen ? 0 : -1}
        @click=${() => onChoose(name)}
      >
        ${title}
      </button>`,
    )}
  </div>`
}

/** Which tab a key leads to; -1 for none. */
function placeAfter({ key, currentTarget }: KeyboardEvent, place: number, count: number): number {
  const forwards = (currentTarget as Element).matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight'
  const backwards = forwards === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight'
  switch (key) {
    case forwards:
      return (place + 1) % count
    case backwards:
      return (place + count - 1) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return -1
  }
}
