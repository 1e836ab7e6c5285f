import { InputError } from '@noisescope/core'
import type { ExplainContext } from '../explainer.ts'
import type { ExplanationMap } from '../map.ts'

/** Refuses a map with NaN or infinity, by which nothing can be judged. @throws InputError */
export function checkFinite({ name, status }: ExplanationMap, what: string): void {
  if (status !== 'not-finite') return
  throw new InputError(`${what}: the map ${name} holds NaN or infinity; expected finite values`)
}

/**
 * A map's values summed over the channels of each pixel, of their magnitudes where asked for.
 * @throws InputError when it is not a map of the image's pixels.
 */
export function pixelValues(
  map: ExplanationMap,
  { channels, width, height }: Pick<ExplainContext, 'channels' | 'width' | 'height'>,
  { magnitudes, what }: { magnitudes: boolean; what: string },
): Float64Array {
  checkFinite(map, what)
  const pixels = width * height
  const shapes = [`${height}x${width}`, `${channels}x${height}x${width}`]
  if (!shapes.includes(map.shape.join('x'))) {
    throw new InputError(
      `${what}: the map ${map.name} is ${map.shape.join('x')}; expected a map of the image's pixels, ${shapes.join(' or ')}`,
    )
  }
  const values = new Float64Array(pixels)
  for (const [i, value] of map.data.entries()) {
    values[i % pixels] = (values[i % pixels] as number) + (magnitudes ? Math.abs(value) : value)
  }
  return values
}
