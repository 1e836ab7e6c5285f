import { mirrored, pad } from './border.ts'
import { boxSum } from './local-mean.ts'
import { checkLevel, checkPlane, checkWindow, type Plane } from './plane.ts'

/** Windows in pixels, both odd, and the strength of the filter. */
export interface NonLocalMeansOptions {
  /** Side of the patches that are compared (3 for sigma up to 20 of 255, then 5). */
  readonly patch?: number
  /** Side of the window in which alike pixels are looked for (13). */
  readonly search?: number
  /** h, on the 0..1 scale (sigma sqrt(2 sqrt(2) / patch)). */
  readonly strength?: number
}

/**
 * Up to this, on the 0..1 scale, patches of 3 keep more detail (0.2 dB at sigma 20 of 255, on the 256 x 256 images of Set12);
 * from about 25 on, too few pixels for the noise to average out in their distance make them the worse ones (0.4 dB at 50).
 */
const LOW_NOISE = 20 / 255

const patchFor = (sigma: number): number => (sigma > LOW_NOISE ? 5 : 3)

/**
 * Side of the search window: 0.14, 0.05 and 0.24 dB better than 21 at sigma 15, 25 and 50 of 255 on the same images, since far
 * pixels that look alike by chance cost more than they help.
 */
const SEARCH = 13

/**
 * h such that h^2 is the standard deviation of d^2 between patches that differ by noise alone: a squared difference has the
 * mean 2 sigma^2 and the deviation 2 sqrt(2) sigma^2, the mean of patch^2 of them 1 / patch of that deviation. Within 0.1 dB of
 * the best h at sigma 15, 25 and 50 of 255, on the same images.
 */
const strengthFor = (sigma: number, patch: number): number => sigma * Math.sqrt((2 * Math.SQRT2) / patch)

/**
 * Non-local means: each pixel becomes the mean of the pixels of its search window, weighted by how alike their patches are.
 *
 * u(p) = sum w(p, q) v(q) / sum w(p, q), w = exp(-max(d^2(p, q) - 2 sigma^2, 0) / h^2), where d^2 is the mean squared
 * difference of the patches around p and q, mirrored at the edges; q stays within the image
 *
 * Source: Buades, Coll and Morel 2005, and 2011 in IPOL (the noise's part of the distance taken off). The patch distances of one
 * shift come from one summed-area table (Darbon et al. 2008), and serve both p and q.
 * @param sigma standard deviation of the noise on the 0..1 scale; 0 leaves the plane as it is, unless a strength is given
 * @throws {InputError} when the plane, sigma or an option cannot be used
 */
export function nonLocalMeans(plane: Plane, sigma: number, options: NonLocalMeansOptions = {}): Plane {
  const { patch = patchFor(sigma), search = SEARCH, strength = strengthFor(sigma, patch) } = options
  checkPlane(plane)
  checkLevel(sigma, 'sigma')
  checkWindow(patch, 'the patch')
  checkWindow(search, 'the search window')
  checkLevel(strength, 'the strength')
  const scale = strength * strength
  if (scale === 0) return { ...plane, data: plane.data.slice() }

  const weighted = { sums: Float64Array.from(plane.data), weights: new Float64Array(plane.data.length).fill(1) }
  const padded = pad(plane, (patch - 1) / 2, mirrored)
  const table = new Float64Array((padded.width + 1) * (padded.height + 1))
  const weight = (distance: number): number => Math.exp(-Math.max(distance - 2 * sigma * sigma, 0) / scale)
  const reach = (search - 1) / 2
  for (let dy = 0; dy <= Math.min(reach, plane.height - 1); dy++) {
    for (let dx = dy === 0 ? 1 : -reach; dx <= reach; dx++) {
      if (Math.abs(dx) >= plane.width) continue
      sumSquaredDifferences(padded, dx, dy, table)
      addShift(plane, dx, dy, patch, table, weight, weighted)
    }
  }
  return { ...plane, data: plane.data.map((_, i) => (weighted.sums[i] as number) / (weighted.weights[i] as number)) }
}

interface Weighted {
  readonly sums: Float64Array
  readonly weights: Float64Array
}

/** Summed-area table, of the padded width + 1, of (v(p) - v(p + shift))^2 over all p for which both lie in the padded plane. */
function sumSquaredDifferences({ width, height, data }: Plane, dx: number, dy: number, table: Float64Array): void {
  const stride = width + 1
  const left = Math.max(0, -dx)
  const right = Math.min(width, width - dx)
  table.fill(0, 0, stride)
  for (let y = 0; y < height - dy; y++) {
    let sum = 0
    table[(y + 1) * stride + left] = 0
    for (let x = left; x < right; x++) {
      const difference = (data[y * width + x] as number) - (data[(y + dy) * width + x + dx] as number)
      sum += difference * difference
      table[(y + 1) * stride + x + 1] = (table[y * stride + x + 1] as number) + sum
    }
  }
}

/** Adds to each pixel p the pixel q = p + shift and to q the pixel p, by the weight of their patches' distance. */
function addShift(
  { width, height, data }: Plane,
  dx: number,
  dy: number,
  patch: number,
  table: Float64Array,
  weight: (distance: number) => number,
  { sums, weights }: Weighted,
): void {
  const stride = width + patch
  for (let y = 0; y < height - dy; y++) {
    for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
      const p = y * width + x
      const q = (y + dy) * width + x + dx
      const alike = weight(boxSum(table, stride, x, y, patch) / (patch * patch))
      sums[p] = (sums[p] as number) + alike * (data[q] as number)
      sums[q] = (sums[q] as number) + alike * (data[p] as number)
      weights[p] = (weights[p] as number) + alike
      weights[q] = (weights[q] as number) + alike
    }
  }
}
