import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Dataset, toGrey } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { compileDenoiser } from './denoiser.ts'
import type { Sample } from './evaluation.ts'
import { jsonText, writableFolder } from './files.ts'
import { readImages } from './image-files.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { type LayerNote, writeFigures } from './run-figures.ts'
import { sampleAt, samplesOf, withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

export interface ActivationsOptions extends CommonOptions, NoiseFlags {
  readonly weights?: string
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly index?: number
  readonly clean?: boolean
  readonly testImages: number
  readonly output: string
}

/** Draws what every layer puts out for one image: of a file, or of a data set's held-out images. */
export async function activationsCommand(
  file: string | undefined,
  options: ActivationsOptions,
  output: Output,
): Promise<void> {
  using session = await openSession(output)
  const trained = await loadWeights(options.weights)
  const noise = options.clean ? undefined : chosenNoise(file, options, trained.noise)
  const dataset = await loadDataset(options.dataset ?? trained.dataset ?? 'fashion-mnist', options)
  const sample =
    file === undefined ? datasetSample(dataset, noise, options) : await fileSample(file, noise, options, output)
  await writableFolder(options.output)

  trained.place(session.device)
  using denoiser = await compileDenoiser(session.device, trained.model, trained.kind.tile)
  const deadOn = samplesOf(dataset.test, noise ?? defaultNoise('salt-and-pepper'), options.seed, options.testImages)
  await denoiser.denoise(deadOn.map(({ noisy, clean }) => (noise === undefined ? clean : noisy)))
  const dead = denoiser.deadChannels
  const { tile, name } = trained.kind
  if (sample.clean.width !== tile || sample.clean.height !== tile) {
    output.note(
      `Note: the ${name} takes ${tile}x${tile} pixels, so the maps are those of the middle of the image. ${trained.kind.caution}.`,
    )
  }
  const { paths, summary, layers } = await writeFigures(options.output, {
    ...trained,
    device: session.device,
    noise,
    samples: [sample],
    denoised: await denoiser.denoise([sample.noisy]),
    dead: dead.byLayer,
    source: file ?? `${dataset.name} test images`,
  })
  const notes = join(options.output, 'activations.json')
  const deadChannels = { count: dead.names.length, of: dead.of, names: dead.names, images: deadOn.length }
  const result = {
    weights: trained.path,
    image: sample.name,
    noise: noise ?? null,
    seed: options.seed,
    layers,
    deadChannels,
  }
  await writeWhole(notes, jsonText(result))

  for (const line of layerLines(layers)) output.line(line)
  output.line(
    `Dead: ${dead.names.length} of ${dead.of} channels of ReLU layers are 0 for all of ${deadOn.length} test images.`,
  )
  output.line(`Wrote ${[notes, ...summary].join(', ')}.`)
  output.result({ ...result, files: [notes, ...paths] })
}

/** A file of one's own is taken as it is unless noise is asked for; a test image gets the noise that the weights know. */
function chosenNoise(file: string | undefined, options: NoiseFlags, trained: Noise | undefined): Noise | undefined {
  if (file !== undefined && !namesNoise(options)) return undefined
  return noiseFrom(options, trained ?? defaultNoise('salt-and-pepper'))
}

function datasetSample({ test }: Dataset, noise: Noise | undefined, { index = 0, seed }: ActivationsOptions): Sample {
  const sample = sampleAt(test, index, noise ?? defaultNoise('salt-and-pepper'), seed)
  return noise === undefined ? { ...sample, noisy: sample.clean } : sample
}

async function fileSample(
  file: string,
  noise: Noise | undefined,
  { seed, index }: ActivationsOptions,
  output: Output,
): Promise<Sample> {
  if (index !== undefined) throw new InputError('give either an image file or --index, not both')
  const { images } = await readImages([file], output)
  const [only] = images
  if (only === undefined || images.length > 1)
    throw new InputError(`${file} holds ${images.length} images; give a single file`)
  const clean = toGrey(only.image)
  return { name: only.name, clean, noisy: noise === undefined ? clean : withNoise(clean, noise, seed, 0) }
}

function layerLines(layers: readonly LayerNote[]): string[] {
  const rows = layers.map(({ layer, shape, minimum, maximum, dead }) => [
    layer,
    shape.join(' x '),
    minimum.toPrecision(4),
    maximum.toPrecision(4),
    dead.length === 0 ? '-' : dead.join(', '),
  ])
  return table([['layer', 'channels x height x width', 'minimum', 'maximum', 'dead channels'], ...rows])
}
