import type { ExplanationTask } from '../explanation/workload.ts'

/** An image that is 1 at the target's pixel and 0 elsewhere: [1, 1, h, w] and [1, h, w, 1]. */
export function onePixel({ shape: [, , height, width], x, y }: ExplanationTask): Float32Array {
  const image = new Float32Array(height * width)
  image[y * width + x] = 1
  return image
}
