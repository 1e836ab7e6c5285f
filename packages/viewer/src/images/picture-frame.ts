import { html, type TemplateResult } from 'lit'
import type { Size } from '../target-text.ts'
import type { Zoom } from '../ui/scene.ts'

/** Images with fewer pixels along a side are shown pixel by pixel, larger ones smoothly until they are enlarged. */
const SMALL = 160

/** What lies in a frame: canvases first, marks above them. */
export interface FrameContent {
  readonly size: Size
  readonly zoom: Zoom
  readonly content: unknown
}

/** Canvases of one size on top of each other, of which the zoom's part is seen. The frame's first child is the whole plane. */
export function pictureFrame({ size, zoom, content }: FrameContent): TemplateResult {
  const pixelated = zoom.factor > 1 || Math.max(size.width, size.height) < SMALL
  const shift = `translate(${-100 * zoom.left}%, ${-100 * zoom.top}%)`
  return html`<div
    class=${pixelated ? 'plane pixelated' : 'plane'}
    style="aspect-ratio: ${size.width} / ${size.height}; transform: scale(${zoom.factor}) ${shift}"
  >
    ${content}
  </div>`
}

export const wholeImage: Zoom = { factor: 1, left: 0, top: 0 }
