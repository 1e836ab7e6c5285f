import { shown } from '@noisescope/core/foreign'
import { html, type TemplateResult } from 'lit'

/** Asks whether a recorded trace is to be fetched from another host; of other protocols than HTTP it says that it is not. */
export function foreignTraceView(address: URL, answer: (isWanted: boolean) => void): TemplateResult {
  const isWeb = address.protocol === 'https:' || address.protocol === 'http:'
  const place = isWeb ? address.host : address.protocol
  return html`<div class="message" role="alertdialog" aria-label="A trace of another host">
    <p>
      The address of this page asks for a recorded trace from <strong>${shown(place)}</strong>:
      <code>${shown(address.href)}</code>.
      ${isWeb ? 'That host would learn that you opened it. Open it only if you know where the link came from.' : 'Such an address is not opened.'}
    </p>
    <div class="actions">
      ${isWeb ? html`<button type="button" @click=${() => answer(true)}>Open the trace</button>` : ''}
      <button type="button" class="main" @click=${() => answer(false)}>Go on without it</button>
    </div>
  </div>`
}
