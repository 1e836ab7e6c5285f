import { html, type TemplateResult } from 'lit'
import type { LiveTexts } from '../live-controls/live-texts.ts'
import type { Camera } from './camera.ts'

/** What the camera sees, to take a picture of when it is ready. */
export function cameraCard(texts: LiveTexts, { video, ready, stop }: Camera, take: () => void): TemplateResult {
  return html`<div class="message camera" part="camera" role="group" aria-label=${texts.camera}>
    ${video}
    <div class="buttons">
      <button type="button" class="primary" ?disabled=${!ready} @click=${take}>${texts.takePicture}</button>
      <button type="button" @click=${stop}>${texts.cancel}</button>
    </div>
  </div>`
}
