import { createImage, type Image } from './image.ts'
import type { Alpha } from './picture.ts'

/** What shows of an image over a uniform grey: alpha * value + (1 - alpha) * background, on the encoded values. */
export function composedOver(image: Image, alpha: Alpha, background: number): Image {
  const { width, height, channels, data } = image
  const pixels = width * height
  const shown = new Float32Array(data.length)
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const share = (alpha.data[pixel] as number) / alpha.maximum
      const at = channel * pixels + pixel
      shown[at] = share * (data[at] as number) + (1 - share) * background
    }
  }
  return createImage(width, height, channels, shown)
}
