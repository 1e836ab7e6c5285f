/** The sum over the channels of [c, h, w], for each of the pixels. */
export function channelSum(values: ArrayLike<number>, pixels: number): Float32Array {
  const sums = new Float64Array(pixels)
  for (let i = 0; i < values.length; i++) sums[i % pixels] = (sums[i % pixels] as number) + (values[i] as number)
  return Float32Array.from(sums)
}
