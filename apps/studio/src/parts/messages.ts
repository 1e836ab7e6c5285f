import { html, type TemplateResult } from 'lit'

/** What was thrown, in words. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** Whether something was only given up because it was no longer wanted. */
export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError'

/** Something that went wrong. */
export const failureView = (message: string): TemplateResult =>
  html`<div class="message failure" role="alert">${message}</div>`

/** Work under way, and how much of it is done, where that is known. */
export function progressView(text: string, share: number | undefined): TemplateResult {
  return html`<div class="progress">
    <p role="status">${text}</p>
    ${share === undefined ? html`<progress aria-label=${text}></progress>` : html`<progress aria-label=${text} max="1" .value=${share}></progress>`}
  </div>`
}

/** A button that asks for files. */
export function fileButton(
  text: string,
  accept: string,
  onFiles: (files: readonly File[]) => void,
  multiple = false,
): TemplateResult {
  const chosen = (event: Event) => {
    const input = event.target as HTMLInputElement
    onFiles([...(input.files ?? [])])
    // The same file can be chosen again.
    input.value = ''
  }
  return html`<label class="button">
    ${text}
    <input type="file" accept=${accept} ?multiple=${multiple} @change=${chosen} />
  </label>`
}
