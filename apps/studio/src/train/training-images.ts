import { deadLeaves, type Image, trainingImages } from '@noisescope/images'
import { photographFrom } from '../carried/images.ts'

/** What patches are cut from. */
export type ImageRequest =
  | { readonly kind: 'leaves' }
  | { readonly kind: 'photographs'; readonly files: readonly { readonly name: string; readonly jpeg: Uint8Array }[] }

/** Synthetic images, as many and as large as those that go with the photographs. */
const LEAVES = { count: 5, side: 512 } as const

/** The images that patches are cut from: synthetic leaves alone, or what `noisescope train` takes. Takes seconds. */
export const imagesFor = (request: ImageRequest): Image[] =>
  request.kind === 'leaves'
    ? Array.from({ length: LEAVES.count }, (_, seed) => deadLeaves(LEAVES.side, seed))
    : trainingImages(request.files.map(({ name, jpeg }) => photographFrom(jpeg, name)))
