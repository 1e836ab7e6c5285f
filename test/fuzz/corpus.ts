import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { writeTrace } from '@noisescope/explain/trace'
import { createImage, formatOf, type Picture, writeIdx } from '@noisescope/images'
import { encodeCheckpoint, writeSafetensors } from '@noisescope/nn'
import { zipSync } from 'fflate'

/** A file that a reader is given, and of which others are made. */
export interface CorpusFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** Made to cost a reader time or memory: mutated seldom, since each try costs them too. */
  readonly isHostile: boolean
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ROOT = at('../../')

/** Files of people and of attackers, beside the checkout. */
export const CASES = at('../../../shared/cases/')

/** Files that are part of the repository, and what lies beside it. */
const FOLDERS = [
  at('seeds/'),
  at('../fixtures/'),
  at('../../packages/weights/test/fixtures/'),
  at('../../packages/images/test/fixtures/'),
  CASES,
]

/** Larger files (bytes) make a mutation slow and find nothing that small ones do not. */
const MOST = 2 ** 18

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort()
    : []

/** The files of the corpus that have one of these extensions. */
export function filesOfKind(...extensions: readonly string[]): CorpusFile[] {
  const paths = FOLDERS.flatMap(filesIn).filter((path) => extensions.includes(extname(path).slice(1)))
  return paths
    .map((path) => ({
      name: relative(path.startsWith(CASES) ? CASES : ROOT, path),
      bytes: new Uint8Array(readFileSync(path)),
      isHostile: path.includes(join('cases', 'hostile')),
    }))
    .filter(({ bytes }) => bytes.length <= MOST)
}

const made = (name: string, bytes: Uint8Array): CorpusFile => ({ name, bytes, isHostile: false })

const values = (...shape: readonly number[]) => {
  const length = shape.reduce((product, side) => product * side, 1)
  return { shape, data: Float32Array.from({ length }, (_, i) => ((i * 7919) % 1009) / 1009) }
}

/** A small recording with everything that one can have. */
export function smallTrace(): CorpusFile {
  const layers = [{ name: 'conv', kind: 'Conv2D', shape: [2, 4, 5], parameters: 3 }]
  const image = values(1, 4, 5)
  const map = { name: 'conv', ...values(4, 5), signed: true, units: '1', range: [0, 1], status: 'ok' } as const
  const frame = {
    label: 'after step 1',
    step: 1,
    denoised: image,
    activations: [{ layer: 'conv', ...values(2, 4, 5), range: [0, 1], dead: [1] }],
    explanations: [
      {
        method: 'pixel-filter',
        title: 'Pixel filter',
        options: { normalise: false, nested: { list: [1, 'two', null] } },
        target: { kind: 'pixel', of: 'denoised', text: 'pixel 2,1', numbers: { x: 2, y: 1 } },
        maps: [map],
        values: { rowSum: 0.98, none: null },
      },
    ],
    scores: [{ name: 'PSNR', value: 20, interval: [19, 21], units: 'dB', note: 'noisy' }],
  } as const
  const trace = {
    createdBy: 'fuzz',
    source: { name: 'image', noise: { settings: { kind: 'gaussian', sd: 0.1 }, text: 'Gaussian' }, seed: 1 },
    model: { name: 'm', options: { end: 'linear' }, output: 'clean', parameters: 3, layers },
    images: { noisy: image, clean: image },
    frames: [frame, { ...frame, step: 2 }],
    training: { steps: [1, 2], loss: [1, null] },
  } as const
  return made('trace', writeTrace(trace as unknown as Parameters<typeof writeTrace>[0], { activations: 'uint8' }))
}

/** Weights of a model that is known, so that what recognises them is tried as well. */
export const shippedWeights = (): CorpusFile =>
  made('dncnn-compact', new Uint8Array(readFileSync(at('../../apps/runner/weights/dncnn-compact.safetensors'))))

/** Archives as Keras 3 writes them, around small files of weights. */
export const smallKerasArchives = (): CorpusFile[] =>
  filesOfKind('h5')
    .filter(({ isHostile, bytes }) => !isHostile && bytes.length < 2 ** 15)
    .slice(0, 6)
    .map(({ name, bytes }) => {
      const [config, metadata] = [
        '{"module":"keras","class_name":"Functional","config":{}}',
        '{"keras_version":"3.0.0"}',
      ].map((json) => new TextEncoder().encode(json))
      const files = { 'metadata.json': metadata, 'config.json': config, 'model.weights.h5': bytes }
      return made(`${name} in an archive`, zipSync(files as Record<string, Uint8Array>, { level: 0 }))
    })

export const smallWeights = (): CorpusFile =>
  made(
    'weights',
    writeSafetensors(
      new Map([
        ['conv.weight', values(2, 1, 3, 3)],
        ['conv.bias', values(2)],
      ]),
      {
        model: 'autoencoder',
        options: '{"end":"sigmoid"}',
        noise: '{"kind":"gaussian","sd":0.2}',
        sigma: '{"min":0,"max":0.2}',
      },
    ),
  )

export const smallCheckpoint = (): CorpusFile =>
  made(
    'checkpoint',
    encodeCheckpoint({
      step: 2,
      losses: [1, 0.5],
      validations: [0.25],
      tensors: new Map([['conv.weight', values(2, 1, 3, 3)]]),
      settings: { model: 'autoencoder', seed: '1' },
    }),
  )

/** Images as this program writes them. */
export const smallPngs = (): CorpusFile[] =>
  ([1, 3] as const).flatMap((channels) =>
    ([8, 16] as const).map((bits) =>
      made(`png ${channels}x${bits}`, fileOf(smallPicture(channels, bits), 'png', bits)),
    ),
  )

/** A picture with everything that one can have. */
function smallPicture(channels: 1 | 3, bits: 8 | 16): Picture {
  const colourProfile = Buffer.alloc(200)
  colourProfile.write(channels === 1 ? 'GRAY' : 'RGB ', 16, 'latin1')
  colourProfile.write('acsp', 36, 'latin1')
  return {
    image: createImage(7, 5, channels, values(channels, 5, 7).data),
    alpha: { maximum: 255, data: Uint8Array.from({ length: 35 }, (_, i) => i * 7) },
    bits,
    metadata: {
      colourProfile,
      gamma: 0.45,
      resolution: { x: 300, y: 200, unit: 'inch' },
      exif: Buffer.from('49492a00080000000100120103000100000006000000000000000000', 'hex'),
      xmp: Buffer.from('<x tiff:Orientation="6"/>'),
      dropped: [],
    },
  }
}

const fileOf = (picture: Picture, extension: string, bits: 8 | 16 = 8): Uint8Array =>
  formatOf(`x.${extension}`)?.encode(picture, { bits }).bytes ?? new Uint8Array()

/** JPEGs of every kind that cjpeg and Pillow write: each is its length, its bytes, and eight of a hash. */
export function smallJpegs(): CorpusFile[] {
  const file = gunzipSync(readFileSync(at('../../packages/images/test/fixtures/jpeg-variants.bin.gz')))
  const files = [made('jpeg with all metadata', fileOf(smallPicture(3, 8), 'jpg'))]
  for (let start = 0; files.length < JPEG_VARIANTS; ) {
    const end = start + 4 + file.readUInt32LE(start)
    files.push(made(`jpeg variant ${files.length - 1}`, new Uint8Array(file.subarray(start + 4, end))))
    start = end + 8
  }
  return files
}

/** Of a thousand; the first hundred have every kind among them. */
const JPEG_VARIANTS = 100

export const smallIdx = (): CorpusFile[] => [
  made('images', writeIdx({ shape: [3, 4, 5], data: Uint8Array.from({ length: 60 }, (_, i) => i * 4) })),
  made('labels', writeIdx({ shape: [4], data: Uint8Array.of(0, 1, 2, 3) })),
]

/** The example study with its first cell alone, and such a cell with a picture. */
export function smallStudies(): CorpusFile[] {
  const packed = readFileSync(at('../../apps/studio/examples/study.json.gz'))
  const study = JSON.parse(gunzipSync(packed).toString()) as { cells: { name: string }[] }
  const [cell] = study.cells
  const figures = [{ cell: cell?.name, caption: 'Clean and noisy', png: 'iVBORw0KGgo=', width: 1, height: 1 }]
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  return [
    made('study', text({ ...study, cells: [cell] })),
    made('cell', text({ settings: 'x', result: cell, figures })),
    ...filesOfKind('json').filter(({ name }) => /^study/.test(basename(name))),
  ]
}
