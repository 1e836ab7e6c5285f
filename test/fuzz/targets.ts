import { gzipSync } from 'node:zlib'
import { readTrace } from '@noisescope/explain/trace'
import { decodePicture, IMAGE_FORMATS, readIdx } from '@noisescope/images'
import { openWeights } from '@noisescope/models'
import { decodeCheckpoint } from '@noisescope/nn'
import { answerOf, readStudyFile, tablesOf } from '@noisescope/study'
import { mutateGzipped, mutatePng, mutateSafetensors, mutateZipped } from './containers.ts'
import {
  type CorpusFile,
  filesOfKind,
  shippedWeights,
  smallCheckpoint,
  smallIdx,
  smallJpegs,
  smallKerasArchives,
  smallPngs,
  smallStudies,
  smallTrace,
  smallWeights,
} from './corpus.ts'
import { mutateJson } from './json-mutations.ts'
import { type Mutation, mutateBytes } from './mutations.ts'

/** A reader of files, and the files that it is tried with. */
export interface Target {
  readonly name: string
  /** Reads a file to its end, with all that a command or page would ask of it. */
  read(bytes: Uint8Array, name: string): unknown
  corpus(): readonly CorpusFile[]
  /** How a file of the corpus is changed, besides its bytes. */
  readonly mutations: readonly Mutation[]
}

const startsWith =
  (...signature: readonly number[]) =>
  ({ bytes }: CorpusFile): boolean =>
    signature.every((byte, i) => bytes[i] === byte)
const isZip = startsWith(0x50, 0x4b)

const TORCH = ['pth', 'pt', 'ckpt', 'bin']

const readWeights = (bytes: Uint8Array, name: string): unknown => openWeights(bytes, name)

/** Reads a picture and writes it again with what its file says of it, as `denoise` does. */
const readPicture = (bytes: Uint8Array, name: string): unknown => {
  const picture = decodePicture(bytes, name)
  return IMAGE_FORMATS.map((format) => format.encode(picture, { bits: 16 }).bytes.length)
}

/** All readers of files from outside. */
export const targets: readonly Target[] = [
  {
    name: 'safetensors',
    read: readWeights,
    corpus: () => [smallWeights(), shippedWeights(), ...filesOfKind('safetensors')],
    mutations: [mutateSafetensors, mutateSafetensors],
  },
  {
    name: 'pytorch-zip',
    read: readWeights,
    corpus: () => filesOfKind(...TORCH).filter(isZip),
    mutations: [mutateZipped, mutateZipped, mutateZipped],
  },
  {
    name: 'pytorch-legacy',
    read: readWeights,
    corpus: () => filesOfKind(...TORCH).filter((file) => !isZip(file)),
    mutations: [],
  },
  { name: 'hdf5', read: readWeights, corpus: () => filesOfKind('h5', 'hdf5'), mutations: [] },
  {
    name: 'keras-archive',
    read: readWeights,
    corpus: () => [...smallKerasArchives(), ...filesOfKind('keras')],
    mutations: [mutateZipped, mutateZipped],
  },
  { name: 'matlab', read: readWeights, corpus: () => filesOfKind('mat'), mutations: [] },
  {
    name: 'checkpoint',
    read: decodeCheckpoint,
    corpus: () => [smallCheckpoint()],
    mutations: [mutateSafetensors, mutateSafetensors],
  },
  { name: 'png', read: readPicture, corpus: () => [...smallPngs(), ...filesOfKind('png')], mutations: [mutatePng] },
  { name: 'jpeg', read: readPicture, corpus: () => [...smallJpegs(), ...filesOfKind('jpg', 'jpeg')], mutations: [] },
  {
    name: 'idx',
    read: readIdx,
    corpus: () =>
      smallIdx().flatMap((file) => [
        file,
        { ...file, name: `${file.name} in gzip`, bytes: new Uint8Array(gzipSync(file.bytes)) },
      ]),
    mutations: [(bytes, random, other) => (bytes[0] === 0x1f ? mutateGzipped : mutateBytes)(bytes, random, other)],
  },
  {
    name: 'trace',
    read: (bytes, name) => {
      const { images, frames } = readTrace(bytes, name)
      // What is decoded when it is asked for.
      const tensors = frames.flatMap(({ activations, explanations, denoised = [] }) => [
        ...activations,
        ...explanations.flatMap(({ maps }) => maps),
        ...[denoised].flat(),
      ])
      return [images.noisy, ...tensors].map(({ data }) => data.length)
    },
    corpus: () => [smallTrace()],
    mutations: [mutateSafetensors, mutateSafetensors, mutateSafetensors],
  },
  {
    name: 'study',
    read: (bytes, name) => {
      const found = readStudyFile(new TextDecoder().decode(bytes), name)
      return 'cells' in found ? [tablesOf(found.cells), answerOf(found.cells)] : found
    },
    corpus: smallStudies,
    mutations: [mutateJson, mutateJson, mutateJson],
  },
]

export function targetNamed(name: string): Target {
  const target = targets.find((each) => each.name === name)
  if (target === undefined)
    throw new Error(`no target ${name}; there are ${targets.map((each) => each.name).join(', ')}`)
  return target
}
