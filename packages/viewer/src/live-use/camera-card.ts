import { html, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Camera } from './camera.ts'
import type { LiveTexts } from './live-texts.ts'

/** What the camera sees, to take a picture of when it is ready. */
export function cameraCard(
  texts: LiveTexts,
  { stream, ready, loaded, stop }: Camera,
  take: (video: HTMLVideoElement) => void,
): TemplateResult {
  const taken = (event: Event) => {
    const video = (event.currentTarget as Element).closest('.camera')?.querySelector('video')
    if (video) take(video)
  }
  // Lit sets an object anew in each update, and a video that is given a stream, even the one it has, starts anew.
  return html`<div class="message camera" part="camera">
    <video
      autoplay
      muted
      playsinline
      .srcObject=${live(stream)}
      aria-label=${texts.camera}
      @loadeddata=${(event: Event) => loaded(event.currentTarget as HTMLVideoElement)}
    ></video>
    <div class="buttons">
      <button type="button" class="primary" ?disabled=${!ready} @click=${taken}>${texts.takePicture}</button>
      <button type="button" @click=${stop}>${texts.cancel}</button>
    </div>
  </div>`
}
