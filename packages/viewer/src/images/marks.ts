import { html, nothing, svg, type TemplateResult } from 'lit'
import type { Pixel, PixelBox } from '../analysis/index.ts'
import type { Size, TargetChoice } from '../target-text.ts'

/** A frame around a pixel or a rectangle, never too small to be seen. */
export function box(kind: 'target' | 'cursor', { x, y, width, height }: PixelBox, size: Size): TemplateResult {
  const place = [
    `left: ${(100 * (x + width / 2)) / size.width}%`,
    `top: ${(100 * (y + height / 2)) / size.height}%`,
    `--across: ${(100 * width) / size.width}%`,
    `--down: ${(100 * height) / size.height}%`,
  ]
  return html`<div class="mark ${kind}" style="${place.join('; ')}"></div>`
}

export const cursor = (pixel: Pixel | undefined, size: Size): TemplateResult | typeof nothing =>
  pixel === undefined ? nothing : box('cursor', { ...pixel, width: 1, height: 1 }, size)

/** Where the target is in the image; nothing for one of a channel. */
export function targetMark(target: TargetChoice | undefined, boxes: readonly PixelBox[], size: Size): unknown {
  if (target?.kind === 'pixel') return box('target', { x: target.x, y: target.y, width: 1, height: 1 }, size)
  if (target?.kind === 'region') return area('target', target.mask, size)
  return boxes.map((each) => box('target', each, size))
}

/** The pixels of a mask, tinted. */
export function area(kind: 'target' | 'stroke', mask: Float32Array, { width, height }: Size): TemplateResult {
  return html`<svg class="area ${kind}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<path d=${outline(mask, width)} />`}
  </svg>`
}

/** A rectangle for each run of pixels of a row. */
function outline(mask: Float32Array, width: number): string {
  const runs: string[] = []
  for (let start = 0; start < mask.length; start += width) {
    let from = -1
    for (let x = 0; x <= width; x++) {
      const inside = x < width && (mask[start + x] as number) > 0
      if (inside && from < 0) from = x
      if (inside || from < 0) continue
      runs.push(`M${from} ${start / width}h${x - from}v1h${from - x}z`)
      from = -1
    }
  }
  return runs.join('')
}
