import type { Point, Points } from './explainer.ts'

/** Images, made one by one. */
export const imagesAt = (count: number, imageAt: (index: number) => Float32Array): Points => ({
  count,
  at: (index) => ({ image: imageAt(index) }),
})

/** One image, asked once. */
export const onePoint = (point: Point): Points => ({ count: 1, at: () => point })
