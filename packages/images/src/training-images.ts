import { deadLeaves } from './dead-leaves.ts'
import { crop, halfSize } from './geometry.ts'
import type { Image } from './image.ts'

/** Synthetic images that go with the photographs: so many, of so many pixels a side. */
const SYNTHETIC = 5
const SYNTHETIC_SIDE = 512

/**
 * What a denoiser is trained on when there are few grey photographs, and scanned ones: the photographs themselves; each at half
 * their size, where grain is gone and detail as fine as in a sharp photograph, sampled in all four ways that differ by one
 * pixel; and synthetic images of leaves for the regular textures that they lack. Patches from random places come about as often
 * from each of the three.
 */
export const trainingImages = (photographs: readonly Image[]): Image[] => [
  ...photographs,
  ...photographs.flatMap(halvedFourWays),
  ...Array.from({ length: SYNTHETIC }, (_, seed) => deadLeaves(SYNTHETIC_SIDE, seed)),
]

const halvedFourWays = (image: Image): Image[] =>
  [0, 1].flatMap((top) =>
    [0, 1].map((left) => halfSize(crop(image, left, top, image.width - left, image.height - top))),
  )
