import { join } from 'node:path'
import { type Device, InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Image, middleCrop, withChannels } from '@noisescope/images'
import { loadDataset, loadPhotographs } from '@noisescope/images/node'
import { BYTE, levelText, sigmaRange, type TileModelKind } from '@noisescope/models'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { PHOTOGRAPH_SIDE } from './activation-maps.ts'
import { compileDenoiser, type DeadChannels } from './denoiser.ts'
import type { Sample } from './evaluation.ts'
import { jsonText, writableFolder } from './files.ts'
import { openDenoiser } from './image-denoiser.ts'
import { readImages } from './image-files.ts'
import { estimatedSigma, warnOfEstimate, warnOfNoise } from './noise-level.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { type LayerNote, writeFigures } from './run-figures.ts'
import { sampleAt, samplesOf, withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights, type TrainedModel } from './weights.ts'

/** Side in pixels of the part of a file that is looked at; a strip of more would be a huge picture. */
const FILE_SIDE = 512

export interface ActivationsOptions extends CommonOptions, NoiseFlags {
  readonly model?: string
  readonly weights?: string
  readonly noiseLevel?: number
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly index?: number
  readonly clean?: boolean
  readonly testImages: number
  readonly output: string
}

/** An image that is looked at, and what the model makes of it. */
interface Subject {
  readonly sample: Sample
  readonly denoised: Image
  readonly source: string
  /** Channels that are 0 for all of so many test images, where a model has test images. */
  readonly dead?: DeadChannels & { readonly images: number }
  /** What a model was told that must be told a level, on 0..1. */
  readonly sigma?: number | undefined
}

/** Draws what every layer puts out for one image: of a file, or of those that the model's training held out. */
export async function activationsCommand(
  file: string | undefined,
  options: ActivationsOptions,
  output: Output,
): Promise<void> {
  using session = await openSession(output)
  const { device } = session
  const trained = await loadWeights(options)
  const { kind, model } = trained
  const noise = options.clean ? undefined : chosenNoise(file, options, trained.noise)
  const known = options.noiseLevel === undefined ? sigmaRange(noise)?.min : options.noiseLevel / BYTE
  warnOfNoise(trained, noise, known, output)
  await writableFolder(options.output)

  const own =
    file === undefined ? undefined : await fileSample(file, noise, model.channels === 3 ? 3 : 1, options, output)
  const {
    sample,
    denoised,
    source,
    dead,
    sigma = known,
  } = kind.takes === 'tiles'
    ? await tileSubject(device, kind, trained, { own, noise, options })
    : await photographSubject(device, trained, { own, noise, known, options })
  const estimated = known === undefined ? sigma : undefined
  if (estimated !== undefined) warnOfEstimate(trained, sample.name, estimated, output)
  const { paths, summary, layers } = await writeFigures(options.output, {
    device,
    kind,
    model,
    noise,
    sigma,
    samples: [sample],
    denoised: [denoised],
    dead: dead?.byLayer ?? new Map(),
    source: file ?? source,
  })
  const side = kind.takes === 'tiles' ? kind.tile : PHOTOGRAPH_SIDE
  const { width, height } = sample.clean
  if (width > side || height > side) {
    const [across, down] = [Math.min(side, width), Math.min(side, height)]
    output.note(`Note: the maps are those of the ${across}x${down} pixels in the middle of the image.`)
  }
  if (kind.takes === 'tiles' && (width !== side || height !== side)) output.note(`Note: ${kind.caution}.`)
  const notes = join(options.output, 'activations.json')
  const result = {
    weights: trained.path,
    image: sample.name,
    noise: noise ?? null,
    seed: options.seed,
    ...(estimated === undefined ? {} : { estimatedSigma: estimated }),
    layers,
    ...(dead === undefined
      ? {}
      : { deadChannels: { count: dead.names.length, of: dead.of, names: dead.names, images: dead.images } }),
  }
  await writeWhole(notes, jsonText(result))

  for (const line of layerLines(layers)) output.line(line)
  if (estimated !== undefined) output.line(`Told a noise level estimated as ${levelText(estimated)} of ${BYTE}.`)
  if (dead !== undefined) {
    output.line(
      `Dead: ${dead.names.length} of ${dead.of} channels of ReLU layers are 0 for all of ${dead.images} test images.`,
    )
  }
  output.line(`Wrote ${[notes, ...summary].join(', ')}.`)
  output.result({ ...result, files: [notes, ...paths] })
}

/** A file of one's own is taken as it is unless noise is asked for; a test image gets the noise that the weights know. */
function chosenNoise(file: string | undefined, options: NoiseFlags, trained: Noise | undefined): Noise | undefined {
  if (file !== undefined && !namesNoise(options)) return undefined
  return noiseFrom(options, trained ?? defaultNoise('salt-and-pepper'))
}

interface Choice {
  readonly own: Sample | undefined
  readonly noise: Noise | undefined
  readonly options: ActivationsOptions
}

async function tileSubject(
  device: Device,
  kind: TileModelKind,
  trained: TrainedModel,
  { own, noise, options }: Choice,
): Promise<Subject> {
  const { index = 0, seed } = options
  const dataset = await loadDataset(options.dataset ?? trained.dataset ?? 'fashion-mnist', options)
  const usual = noise ?? defaultNoise('salt-and-pepper')
  const sample = own === undefined ? sampleAt(dataset.test, index, usual, seed) : own
  const shown = noise === undefined ? { ...sample, noisy: sample.clean } : sample
  trained.place(device)
  using denoiser = await compileDenoiser(device, trained.model, kind.tile)
  const deadOn = samplesOf(dataset.test, usual, seed, options.testImages)
  await denoiser.denoise(deadOn.map(({ noisy, clean }) => (noise === undefined ? clean : noisy)))
  const dead = { ...denoiser.deadChannels, images: deadOn.length }
  const [denoised = shown.noisy] = await denoiser.denoise([shown.noisy])
  return { sample: shown, denoised, source: `${dataset.name} test images`, dead }
}

async function photographSubject(
  device: Device,
  trained: TrainedModel,
  { own, noise, known, options }: Choice & { readonly known: number | undefined },
): Promise<Subject> {
  const channels = trained.model.channels === 3 ? 3 : 1
  const sample = own ?? (await photographSample(noise, options))
  const shown = {
    ...sample,
    clean: withChannels(sample.clean, channels),
    noisy: withChannels(sample.noisy, channels),
  }
  const sigma = known ?? (trained.model.takesSigma ? estimatedSigma(shown.noisy, shown.name) : undefined)
  using denoiser = await openDenoiser(device, trained)
  return { sample: shown, denoised: await denoiser.denoise(shown.noisy, { sigma }), source: 'npm photographs', sigma }
}

async function photographSample(noise: Noise | undefined, { index = 0, seed }: ActivationsOptions): Promise<Sample> {
  const { images } = await loadPhotographs()
  const photograph = images.at(index)
  if (photograph === undefined)
    throw new InputError(`there is no photograph ${index}; they run from 0 to ${images.length - 1}`)
  const clean = middleCrop(photograph.image, 2 * PHOTOGRAPH_SIDE)
  return { name: photograph.name, clean, noisy: noise === undefined ? clean : withNoise(clean, noise, seed, index) }
}

async function fileSample(
  file: string,
  noise: Noise | undefined,
  channels: 1 | 3,
  { seed, index }: ActivationsOptions,
  output: Output,
): Promise<Sample> {
  if (index !== undefined) throw new InputError('give either an image file or --index, not both')
  const { images } = await readImages([file], output)
  const [only] = images
  if (only === undefined || images.length > 1)
    throw new InputError(`${file} holds ${images.length} images; give a single file`)
  if (only.image.channels === 3 && channels === 1)
    output.note(`Note: ${file} is in colour and the model takes grey images: the maps are those of its luma.`)
  if (only.image.width > FILE_SIDE || only.image.height > FILE_SIDE)
    output.note(`Note: only the middle of ${file} is looked at, ${FILE_SIDE} pixels along each longer side.`)
  const clean = withChannels(middleCrop(only.image, FILE_SIDE), channels)
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
