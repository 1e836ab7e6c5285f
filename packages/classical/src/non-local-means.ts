import { mirrored, pad } from './border.ts'
import { boxSum } from './local-mean.ts'
import { checkLevel, checkPlane, checkWindow, type Plane } from './plane.ts'

/** Windows in pixels, both odd, and the strength of the filter. */
export interface NonLocalMeansOptions {
  /** Side of the patches that are compared (7). */
  readonly patch?: number
  /** Side of the window in which alike pixels are looked for (21). */
  readonly search?: number
  /** h, on the 0..1 scale; made from sigma when it is not given. */
  readonly strength?: number
}

/**
 * Non-local means: each pixel becomes the mean of the pixels of its search window, weighted by how alike their patches are.
 *
 * u(p) = sum w(p, q) v(q) / sum w(p, q), w = exp(-max(d^2(p, q) - 2 sigma^2, 0) / h^2), where d^2 is the mean squared
 * difference of the patches around p and q, mirrored at the edges; q stays within the image
 *
 * Source: Buades, Coll and Morel 2005 and 2011 (the noise's part of the distance taken off: section 3 of the IPOL paper). The
 * patch distances of one shift come from one summed-area table (Darbon et al. 2008), and serve both p and q.
 * @param sigma standard deviation of the noise on the 0..1 scale; 0 leaves the plane as it is
 * @throws {InputError} when the plane, sigma or an option cannot be used
 */
export function nonLocalMeans(plane: Plane, sigma: number, options: NonLocalMeansOptions = {}): Plane {
  const { patch = 7, search = 21, strength = STRENGTH * sigma } = options
  checkPlane(plane)
  checkLevel(sigma, 'sigma')
  checkWindow(patch, 'the patch')
  checkWindow(search, 'the search window')
  checkLevel(strength, 'the strength')
  if (strength === 0) return { ...plane, data: plane.data.slice() }

  const weighted = { sums: Float64Array.from(plane.data), weights: new Float64Array(plane.data.length).fill(1) }
  const padded = pad(plane, (patch - 1) / 2, mirrored)
  const table = new Float64Array((padded.width + 1) * (padded.height + 1))
  const weight = (distance: number): number => Math.exp(-Math.max(distance - 2 * sigma * sigma, 0) / strength ** 2)
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

/** h over sigma: the best mean PSNR on Set12 at sigma 15, 25 and 50 of 255. */
const STRENGTH = 0.4

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
