import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { writeWhole } from '@noisescope/core/node'
import { type ImageSet, writeIdx } from '@noisescope/images'
import { DATASET_NAMES, loadDataset, loadPhotographs } from '@noisescope/images/node'
import { gaussianOf, noiseText, openWeights, trainedNoiseText } from '@noisescope/models'
import { readStudyFile } from '@noisescope/study'
import {
  type CarriedImages,
  type CarriedPhotographs,
  type CarriedSet,
  type CarriedWeights,
  CONTENTS,
  type Contents,
} from '../carried/contents.ts'

const { resolve } = createRequire(import.meta.url)
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const WEIGHTS = at('../../../runner/weights')
const EXAMPLES = at('../../examples')

/** Training images of each data set: enough to see a network learn, 20 steps of the autoencoder's usual batch. */
const TRAIN_IMAGES = 960
/** Held-out images of each: those that `noisescope train` looks at after each epoch. */
const TEST_IMAGES = 240

/** Keeps a file of the page. @returns its address. */
type Carry = (url: string, content: Uint8Array | string) => Promise<string>

/**
 * Puts everything that the page carries into a folder: weights, sample images, examples, and the list of them. Files that are
 * there already as they should be are left alone, others removed, so two builds may do it at once.
 */
export async function carryFiles(folder: string): Promise<void> {
  const kept = new Set<string>()
  const carry: Carry = async (url, content) => {
    kept.add(url)
    const path = join(folder, url)
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const present = await readFile(path).catch(() => undefined)
    if (present?.equals(bytes)) return url
    await writeWhole(path, bytes)
    return url
  }
  const contents: Contents = {
    weights: await carryWeights(carry),
    sets: await Promise.all(DATASET_NAMES.map((name) => carrySet(name, carry))),
    photographs: await carryPhotographs(carry),
    examples: {
      trace: await carry('examples/garment.safetensors', await readFile(join(EXAMPLES, 'garment.safetensors'))),
      study: await carry('examples/study.json', await exampleStudy()),
    },
  }
  await carry(CONTENTS, JSON.stringify(contents))
  for (const path of await filesIn(folder)) if (!kept.has(path)) await rm(join(folder, path))
}

/** Paths of all files in a folder, relative to it, with forward slashes, sorted; those that are still written left out. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

/** Of the example study as its command wrote it what the page shows, which is a third of it. */
async function exampleStudy(): Promise<string> {
  const packed = await readFile(join(EXAMPLES, 'study.json.gz'))
  return JSON.stringify(readStudyFile(gunzipSync(packed).toString(), 'study.json.gz'))
}

async function carryWeights(carry: Carry): Promise<CarriedWeights[]> {
  const names = (await readdir(WEIGHTS)).filter((name) => name.endsWith('.safetensors')).sort()
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(WEIGHTS, name))
      const { kind, options, noise, sigma, dataset } = await openWeights(bytes, name)
      if (noise === undefined || dataset === undefined) {
        throw new Error(`${name} does not say what it was trained on; weights that come along must`)
      }
      const text = noise.kind === 'gaussian' && sigma ? trainedNoiseText(gaussianOf(sigma)) : noiseText(noise)
      const url = await carry(`weights/${name}`, bytes)
      return { url, name, model: kind.name, options, dataset, noise, noiseText: text }
    }),
  )
}

/**
 * Pictures whose licence is not this project's lie in a package of their own, from which the published command serves them: of each
 * half its file, and the licence.
 */
const SAMPLES: Readonly<
  Record<string, { readonly halves: Readonly<Record<string, string>>; readonly licence: string }>
> = {
  mnist: {
    halves: {
      train: '@noisescope/mnist-sample/data/train-images-idx3-ubyte.gz',
      test: '@noisescope/mnist-sample/data/t10k-images-idx3-ubyte.gz',
    },
    licence: '@noisescope/mnist-sample/LICENSE',
  },
}

async function carrySet(name: string, carry: Carry): Promise<CarriedSet> {
  const { licence, source, train, test } = await loadDataset(name)
  const sample = SAMPLES[name]
  const first = async (half: string, set: ImageSet, count: number): Promise<CarriedImages> => {
    const { width, height } = set
    const idx = (): Uint8Array =>
      writeIdx({ shape: [count, height, width], data: set.images.subarray(0, count * height * width) })
    const file = sample?.halves[half]
    const packed = file === undefined ? gzipSync(idx(), { level: 9 }) : await readFile(resolve(file))
    return { url: await carry(`images/${name}-${half}.idx.gz`, packed), count }
  }
  if (sample !== undefined) await carry(`images/${name}-LICENSE.txt`, await readFile(resolve(sample.licence)))
  return {
    name,
    licence,
    source,
    train: await first('train', train, TRAIN_IMAGES),
    test: await first('test', test, TEST_IMAGES),
  }
}

async function carryPhotographs(carry: Carry): Promise<CarriedPhotographs> {
  const { name, licence, images } = await loadPhotographs()
  const all = await Promise.all(
    images.map(async ({ name, path }) => ({
      name,
      url: await carry(`photographs/${name}${basename(path).replace(/^.*\./, '.')}`, await readFile(path)),
    })),
  )
  // The last is the one that trainings hold out.
  const [heldOut, ...train] = all.toReversed()
  if (heldOut === undefined) throw new Error('there are no photographs')
  return { name, licence, train: train.toReversed(), heldOut }
}
