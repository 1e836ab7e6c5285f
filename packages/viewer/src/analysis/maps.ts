import type { TraceMap } from '@noisescope/explain/trace'
import { planeOf, remembered, sizeOf, valuesOf } from './tensor.ts'

/** A map as one plane [h, w]: one of its channels, or else the sum over them. */
export function mapPlane(map: TraceMap, channel?: number): Float32Array {
  if (channel !== undefined) return planeOf(map, channel)
  return sizeOf(map).channels === 1 ? valuesOf(map) : channelSum(map)
}

const channelSum = remembered((map: TraceMap): Float32Array => {
  const { height, width } = sizeOf(map)
  const values = valuesOf(map)
  const sums = new Float32Array(height * width)
  for (let i = 0; i < values.length; i++) {
    const pixel = i % sums.length
    sums[pixel] = (sums[pixel] as number) + (values[i] as number)
  }
  return sums
})
