import { InputError, keyFrom, randomBits } from '@noisescope/core'
import { type Image, patchGrid, randomCrops, trainingImages, withChannels } from '@noisescope/images'
import { checksumOf, loadPhotographs, type NamedImage } from '@noisescope/images/node'
import type { Recipe, TrainingData } from '@noisescope/nn'
import { readImages } from './image-files.ts'
import type { Output } from './output.ts'

/** Streams of the seed that choose patches, apart from those of weights and noise. */
const PATCH_STREAM = 0x7000_0001
/** One of so many images is held out. */
const HELD_OUT_SHARE = 10

/** Photographs to train on, and those held out to measure. */
export interface PhotographSet {
  readonly name: string
  readonly source: string
  readonly checksum: string
  /** Photographs that are trained on, and the images that patches are cut from: those, and what is made of them. */
  readonly train: readonly NamedImage[]
  readonly cut: readonly Image[]
  readonly heldOut: readonly NamedImage[]
}

/**
 * The photographs of files and folders, or without any those of npm packages; every tenth is held out, at least one, from the
 * end of their order. Those that hold no patch are left out.
 * @throws InputError when there are fewer than two that can be used.
 */
export async function readPhotographs(
  paths: readonly string[] | undefined,
  { channels, patch }: { readonly channels: 1 | 3; readonly patch: number },
  output: Output,
): Promise<PhotographSet> {
  const { name, source, images, checksum } =
    paths === undefined ? await shipped(channels) : await ownFiles(paths, { channels, patch }, output)
  if (images.length < 2) {
    throw new InputError(
      `${source} holds ${images.length} images of at least ${patch}x${patch}, the size of a patch; two are needed, one of them ` +
        'to measure the result on: give more of them, or a smaller --patch-size',
    )
  }
  const held = Math.ceil(images.length / HELD_OUT_SHARE)
  const train = images.slice(0, -held)
  const own = train.map(({ image }) => image)
  if (paths !== undefined) return { name, source, checksum, train, cut: own, heldOut: images.slice(-held) }
  const cut = trainingImages(own)
  return {
    name,
    source: `${source}, at half of that, and synthetic leaves`,
    checksum: await checksumOf(cut),
    train,
    cut,
    heldOut: images.slice(-held),
  }
}

async function shipped(channels: 1 | 3) {
  if (channels === 3) {
    throw new InputError('the photographs that come along are grey; give your own in colour with --images FOLDER')
  }
  return loadPhotographs()
}

async function ownFiles(
  paths: readonly string[],
  { channels, patch }: { readonly channels: 1 | 3; readonly patch: number },
  output: Output,
) {
  const { images } = await readImages(paths, output, { recursive: true })
  const isLarge = ({ image: { width, height } }: NamedImage): boolean => width >= patch && height >= patch
  for (const { path, image } of images.filter((named) => !isLarge(named)))
    output.note(`Left out: ${path} is ${image.width}x${image.height}, smaller than a patch of ${patch}x${patch}`)
  const used = images.filter(isLarge).map(({ image, ...rest }) => ({ ...rest, image: withChannels(image, channels) }))
  return {
    name: 'photographs',
    source: paths.join(', '),
    images: used,
    checksum: await checksumOf(used.map(({ image }) => image)),
  }
}

/** What a recipe says about its patches. */
export type PatchRecipe = Pick<Recipe, 'patch' | 'placement' | 'augmentation'>

/**
 * Patches of photographs as a recipe asks for them, cut when their batch comes: at random places, or each of a grid.
 * @throws InputError when no photograph holds a patch.
 */
export function patchesOf(
  images: readonly Image[],
  { patch, placement, augmentation }: PatchRecipe,
  seed: number,
): TrainingData {
  const seedOf = (step: number): number => randomBits(keyFrom(seed, PATCH_STREAM, step), 1)[0] ?? 0
  const { channels } = images[0] ?? { channels: 1 }
  const shape = [channels, patch, patch]
  if (placement.kind === 'grid') {
    const grid = patchGrid(images, { size: patch, stride: placement.stride, augmentation })
    return { count: grid.count, shape, batch: (indices, step) => grid.batch(indices, seedOf(step)) }
  }
  const crops = (count: number, step: number): Float32Array =>
    randomCrops(images, { size: patch, count, seed: seedOf(step), augment: augmentation !== 'none' }).data
  crops(1, 0)
  return { count: placement.count, shape, batch: (indices, step) => crops(indices.length, step) }
}
