import { html, nothing, type TemplateResult } from 'lit'
import type { Failure } from '../failure.ts'
import type { Texts } from '../texts.ts'
import { fileButton } from './controls.ts'

/** How far opening has come. */
export interface Progress {
  readonly text: string
  readonly done: number
  /** 0 where it is not known. */
  readonly total: number
}

/** @param over what is shown already: then it is only a line at the top */
export function progressView(texts: Texts, { text, done, total }: Progress, over: boolean): TemplateResult {
  const words = text === '' ? texts.loading : text
  const bar = html`<progress
    aria-label=${words}
    max=${total || nothing}
    value=${total > 0 ? done : nothing}
  ></progress>`
  if (over) return html`<div class="progress-line" part="progress">${bar}</div>`
  return html`<div class="message" part="progress"><slot name="progress"><p>${words}</p>${bar}</slot></div>`
}

/** A failure in words, and what can be done. */
export function failureView(
  texts: Texts,
  failure: Failure,
  { retry, dismiss }: { readonly retry: () => void; readonly dismiss: (() => void) | undefined },
): TemplateResult {
  const introduction =
    failure.reason === 'no-webgpu' ? texts.noWebGpu : failure.reason === 'device-lost' ? texts.deviceLost : texts.failed
  return html`<div class="message problem" part="error" role="alert">
    <slot name="error">
      <p><b>${introduction}</b></p>
      <p>${failure.message}</p>
    </slot>
    <div class="buttons">
      <button type="button" @click=${retry}>${texts.retry}</button>
      ${dismiss === undefined ? nothing : html`<button type="button" @click=${dismiss}>${texts.dismiss}</button>`}
    </div>
  </div>`
}

/** What is there before anything is open. */
export function poster(texts: Texts, onFile: (file: File) => void): TemplateResult {
  return html`<div class="message" part="poster">
    <slot name="poster">
      <p><b>${texts.poster}</b></p>
      <p>${texts.posterHelp}</p>
      ${fileButton(texts.openTrace, '.safetensors', onFile)}
    </slot>
  </div>`
}
