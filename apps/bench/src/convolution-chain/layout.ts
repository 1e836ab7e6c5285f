import type { ChainTask } from './task.ts'

/** Channels first to channels last. */
export function channelsLast(values: ArrayLike<number>, [n, c, h, w]: ChainTask['shape']): Float32Array {
  const result = new Float32Array(n * c * h * w)
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < c; channel++)
      for (let pixel = 0; pixel < h * w; pixel++)
        result[(image * h * w + pixel) * c + channel] = values[(image * c + channel) * h * w + pixel] as number
  return result
}

/** Channels last to channels first; the shape is [n, c, h, w]. */
export function channelsFirst(values: ArrayLike<number>, [n, c, h, w]: ChainTask['shape']): Float32Array {
  const result = new Float32Array(n * c * h * w)
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < c; channel++)
      for (let pixel = 0; pixel < h * w; pixel++)
        result[(image * c + channel) * h * w + pixel] = values[(image * h * w + pixel) * c + channel] as number
  return result
}
