import { createImage, type Image } from '@noisescope/images'

/** The middle of nine sorted values. */
const MIDDLE = 4

/**
 * The 3x3 median of every channel, edge pixels repeated outwards: the plain filter to which denoisers of salt-and-pepper
 * noise are compared.
 */
export function medianFilter({ width, height, channels, data }: Image): Image {
  const filtered = new Float32Array(data.length)
  const window = new Float32Array(9)
  for (let channel = 0; channel < channels; channel++) {
    const plane = data.subarray(channel * width * height, (channel + 1) * width * height)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let place = 0
        for (let dy = -1; dy <= 1; dy++) {
          const row = Math.min(Math.max(y + dy, 0), height - 1) * width
          for (let dx = -1; dx <= 1; dx++) {
            window[place++] = plane[row + Math.min(Math.max(x + dx, 0), width - 1)] as number
          }
        }
        window.sort()
        filtered[(channel * height + y) * width + x] = window[MIDDLE] as number
      }
    }
  }
  return createImage(width, height, channels, filtered)
}
