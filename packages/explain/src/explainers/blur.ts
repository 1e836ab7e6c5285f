import type { ExplainContext } from '../explainer.ts'

/** Weights of a Gaussian at -radius..radius pixels, which add up to 1; of standard deviation 0 a single 1. */
export function gaussianKernel(deviation: number, radius: number): number[] {
  const places = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius)
  const weights = places.map((x) => (deviation === 0 ? Number(x === 0) : Math.exp(-(x ** 2) / (2 * deviation ** 2))))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

/** An image [c, h, w] convolved by a kernel of odd length along both axes, mirrored at its edge pixels, which are not repeated. */
export function mirrorBlur(
  image: Float32Array,
  { width, height }: Pick<ExplainContext, 'width' | 'height'>,
  kernel: readonly number[],
): Float32Array {
  const across = along(image, { length: width, step: 1 }, kernel)
  return along(across, { length: height, step: width }, kernel)
}

function along(
  image: Float32Array,
  { length, step }: { length: number; step: number },
  kernel: readonly number[],
): Float32Array {
  const radius = (kernel.length - 1) / 2
  return image.map((_, i) => {
    const place = Math.floor(i / step) % length
    let sum = 0
    for (const [k, weight] of kernel.entries()) {
      sum += weight * (image[i + (mirrored(place + k - radius, length) - place) * step] as number)
    }
    return sum
  })
}

/** The place in 0..length-1 that a place beyond the ends is mirrored to, as often as it takes. */
function mirrored(place: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const folded = ((place % period) + period) % period
  return folded < length ? folded : period - folded
}
