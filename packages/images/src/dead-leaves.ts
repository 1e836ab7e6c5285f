import { InputError } from '@noisescope/core'
import { halfSize } from './geometry.ts'
import { createImage, type Image } from './image.ts'
import { seededRandom } from './random.ts'

/** Radii of leaves in pixels; their density falls with the third power, which makes the image as rough at every scale. */
const SMALLEST_RADIUS = 6
const LARGEST_RADIUS = 256
/** How much longer than wide a rectangle is at most. */
const LONGEST_SIDES = 4
/** Periods of stripes in pixels: from just above what a grid of pixels can hold. */
const SHORTEST_PERIOD = 2.5
const LONGEST_PERIOD = 16
/** Half the difference between a stripe's lightest and darkest value, at most. */
const LARGEST_AMPLITUDE = 0.3
/** How far a leaf's shade changes from one edge to the other, at most. */
const LARGEST_SLOPE = 0.2
/** The picture is made so many times as large, then reduced, so that edges are as soft as a lens makes them. */
const OVERSAMPLING = 2

/** Uniform on [from, to). */
type Uniform = (from: number, to: number) => number

/** Whether a point, as seen from the leaf's centre, lies on the leaf; and its shade there. Lengths in pixels. */
interface Leaf {
  readonly radius: number
  covers(x: number, y: number): boolean
  shade(x: number, y: number): number
}

/**
 * A synthetic grey image with the statistics of photographs and as much fine texture as is wanted: leaves of random size,
 * shade and texture (plain, striped or woven) that hide one another. Denoisers trained on it learn edges, corners and regular
 * textures that few photographs hold.
 *
 * The leaves are laid from the nearest to the farthest until none of the picture is left open, which draws exactly from the
 * model. Source: A. Lee, D. Mumford, J. Huang, "Occlusion models for natural images", 2001, for the model and its law of sizes;
 * R. Achddou, Y. Gousseau, S. Ladjal, "Synthetic images as a regularity prior for image restoration neural networks", 2021,
 * for training on it. Stripes and weaves are ours.
 *
 * @param side of the square image in pixels
 * @throws InputError if the side is no whole number above zero
 */
export function deadLeaves(side: number, seed: number): Image {
  if (!Number.isInteger(side) || side < 1)
    throw new InputError(`A side of ${side} pixels; expected a whole number from 1`)
  const random = seededRandom(seed)
  const uniform: Uniform = (from, to) => from + ((to - from) * random.below(2 ** 32)) / 2 ** 32
  const fine = side * OVERSAMPLING
  const data = new Float32Array(fine * fine).fill(Number.NaN)
  let open = data.length
  while (open > 0) {
    const leaf = randomLeaf(uniform)
    const centreX = uniform(-LARGEST_RADIUS, side + LARGEST_RADIUS)
    const centreY = uniform(-LARGEST_RADIUS, side + LARGEST_RADIUS)
    const [left, right] = reach(centreX, leaf.radius, fine)
    const [top, bottom] = reach(centreY, leaf.radius, fine)
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const index = row * fine + column
        if (!Number.isNaN(data[index])) continue
        const x = (column + 0.5) / OVERSAMPLING - centreX
        const y = (row + 0.5) / OVERSAMPLING - centreY
        if (!leaf.covers(x, y)) continue
        data[index] = Math.min(Math.max(leaf.shade(x, y), 0), 1)
        open--
      }
    }
  }
  return halfSize(createImage(fine, fine, 1, data))
}

/** Fine pixels that a leaf may reach in one direction: from, and up to but not including. */
const reach = (centre: number, radius: number, fine: number): [from: number, to: number] => [
  Math.max(Math.floor((centre - radius) * OVERSAMPLING), 0),
  Math.min(Math.ceil((centre + radius) * OVERSAMPLING), fine),
]

function randomLeaf(uniform: Uniform): Leaf {
  const radius = randomRadius(uniform)
  return { radius, covers: randomShape(radius, uniform), shade: randomShade(radius, uniform) }
}

/** Inverse of the distribution function of a density that falls with the third power. */
function randomRadius(uniform: Uniform): number {
  return uniform(LARGEST_RADIUS ** -2, SMALLEST_RADIUS ** -2) ** -0.5
}

/** A disk, or as often a turned rectangle within it. */
function randomShape(radius: number, uniform: Uniform): Leaf['covers'] {
  if (uniform(0, 1) < 0.5) return (x, y) => x * x + y * y < radius * radius
  const along = direction(uniform)
  const diagonal = Math.atan(uniform(1, LONGEST_SIDES))
  const [halfWidth, halfHeight] = [radius * Math.cos(diagonal), radius * Math.sin(diagonal)]
  return (x, y) => Math.abs(along(x, y)) < halfWidth && Math.abs(along(-y, x)) < halfHeight
}

/** A shade that changes slowly across the leaf, with stripes, a weave, or as often as both nothing on it. */
function randomShade(radius: number, uniform: Uniform): Leaf['shade'] {
  const base = uniform(0, 1)
  const slope = uniform(0, LARGEST_SLOPE) / (2 * radius)
  const downhill = direction(uniform)
  const texture = randomTexture(uniform)
  return (x, y) => base + slope * downhill(x, y) + texture(x, y)
}

function randomTexture(uniform: Uniform): Leaf['shade'] {
  const kind = uniform(0, 1)
  if (kind < 0.5) return () => 0
  const across = direction(uniform)
  const amplitude = uniform(0, LARGEST_AMPLITUDE)
  const frequency = (2 * Math.PI) / (SHORTEST_PERIOD * (LONGEST_PERIOD / SHORTEST_PERIOD) ** uniform(0, 1))
  const phase = uniform(0, 2 * Math.PI)
  const stripes = (x: number, y: number): number => Math.sin(frequency * across(x, y) + phase)
  if (kind < 0.75) return (x, y) => amplitude * stripes(x, y)
  return (x, y) => amplitude * stripes(x, y) * stripes(-y, x)
}

/** The length of a point's shadow on a line of random direction. */
function direction(uniform: Uniform): Leaf['shade'] {
  const angle = uniform(0, 2 * Math.PI)
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return (x, y) => cosine * x + sine * y
}
