import { html, type TemplateResult } from 'lit'
import type { LiveTexts } from './live-texts.ts'

/** What the camera sees, to take a picture of. */
export function cameraCard(
  texts: LiveTexts,
  stream: MediaStream,
  { take, cancel }: { readonly take: (video: HTMLVideoElement) => void; readonly cancel: () => void },
): TemplateResult {
  const taken = (event: Event) => {
    const video = (event.currentTarget as Element).closest('.camera')?.querySelector('video')
    if (video) take(video)
  }
  return html`<div class="message camera" part="camera">
    <video autoplay muted playsinline .srcObject=${stream} aria-label=${texts.camera}></video>
    <div class="buttons">
      <button type="button" class="primary" @click=${taken}>${texts.takePicture}</button>
      <button type="button" @click=${cancel}>${texts.cancel}</button>
    </div>
  </div>`
}
