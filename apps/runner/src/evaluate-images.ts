import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type Device, InputError, parsedJson } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { createImage, type Image } from '@noisescope/images'
import { checksumOf, type NamedImage } from '@noisescope/images/node'
import { noiseText, sigmaRange } from '@noisescope/models'
import { type Noise, numpyNormal } from '@noisescope/noise'
import { classicallyDenoised, comparedDenoisers } from './comparison.ts'
import { deviceFor, type UnusualDevice, unusualDevice } from './device-flags.ts'
import type { EvaluateOptions } from './evaluate.ts'
import { measure } from './evaluation.ts'
import { EXIT, InterruptedError } from './failure.ts'
import { jsonText, writableFolder } from './files.ts'
import { type ImageDenoiser, openDenoiser } from './image-denoiser.ts'
import { readImages } from './image-files.ts'
import { listenForInterrupt } from './interrupt.ts'
import { type Output, table } from './output.ts'
import { endProfiling, startProfiling } from './profiling.ts'
import { startProgress } from './progress.ts'
import { recordResult } from './results-file.ts'
import { withNoise } from './samples.ts'
import { openSession } from './session.ts'
import type { TrainedModel } from './weights.ts'

/** PSNR in dB (null where an image equals the clean one) and SSIM. */
interface Quality {
  readonly psnr: number
  readonly ssim: number
}

/** What was measured on one image: by method, `noisy` and `denoised` and the classical ones asked for. */
interface ImageRow {
  readonly image: string
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly methods: Readonly<Record<string, Quality>>
}

/** What a file of partial results is of; other settings are other results. */
interface Settings extends UnusualDevice {
  readonly model: string
  readonly weights: string
  readonly weightsSha256: string
  readonly images: string
  readonly imagesSha256: string
  readonly noise: Noise
  readonly seed: number
  readonly compare: readonly string[]
}

/** An evaluation that is going on. */
interface Measurement {
  readonly trained: TrainedModel
  readonly images: readonly NamedImage[]
  readonly rows: ImageRow[]
  readonly settings: Settings
  /** Where rows are kept. */
  readonly file: string
  readonly output: Output
}

const PROTOCOL = {
  numpy:
    'Gaussian noise as numpy.random.seed(SEED) draws it anew for each image (rows, then columns, then colours), not clipped and ' +
    'not quantised',
  own: 'noise by image and seed, not clipped',
  rest:
    'the network sees the whole image; outputs are clipped to 0..1; PSNR of float values over all pixels and channels, no border ' +
    'shaved; SSIM of Wang et al. 2004 (11x11 Gaussian window of sigma 1.5, valid positions, data range 1), mean over channels; ' +
    'means are over the images, of PSNR in dB',
} as const

/**
 * Measures a model on photographs with noise, image by image as published evaluations do. Rows are kept in `runs/evaluate` as
 * they come, so that an interrupted evaluation goes on with `--resume`. @returns the exit code.
 */
export async function evaluateImages(
  trained: TrainedModel,
  noise: Noise,
  paths: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<number> {
  const { images, refused, settings } = await whatIsMeasured(trained, noise, paths, options, output)
  const file = await rowsFile(settings)
  const rows = options.resume ? await earlierRows(file, settings) : []
  if (rows.length > 0) output.note(`${rows.length} of ${images.length} images were measured before.`)

  let profiled: Awaited<ReturnType<typeof endProfiling>> = {}
  if (rows.length < images.length) {
    using session = await openSession(output, deviceFor(options))
    startProfiling(session.device, options)
    await measureRest(session.device, { trained, images, rows, settings, file, output })
    profiled = await endProfiling(session.device, options, output)
  }

  const mean = meanOf(rows)
  const protocol = [noise.kind === 'gaussian' ? PROTOCOL.numpy : PROTOCOL.own, PROTOCOL.rest].join('; ')
  output.line(`Weights: ${trained.path} (${trained.kind.name}); ${noiseText(noise)}; seed ${options.seed}.`)
  for (const line of rowLines(rows, mean)) output.line(`  ${line}`)
  output.line(`Protocol: ${protocol}.`)
  if (refused > 0) output.note(`${refused} of ${images.length + refused} files could not be used.`)
  if (options.record !== undefined) {
    const { model, seed, compare } = settings
    await recordResult(options.record, {
      weights: trained,
      set: `${basename(settings.images)}, ${rows.length}`,
      noise,
      mean,
      flags: { model, images: settings.images, seed, compare, ...unusualDevice(options) },
    })
    output.line(`Recorded in ${options.record}.`)
  }
  output.result({ ...settings, refused, protocol, mean, rows, ...profiled })
  return refused > 0 ? EXIT.failed : EXIT.ok
}

/** Measures the images that have no row yet, keeping each row in the file as soon as it is there. */
async function measureRest(
  device: Device,
  { trained, images, rows, settings, file, output }: Measurement,
): Promise<void> {
  using denoiser = await openDenoiser(device, trained)
  using interrupt = listenForInterrupt(() => output.note('Stopping after this image; once more to leave at once.'))
  using bar = startProgress('{bar} {value}/{total} images, {image}: tile {tile}', images.length, {
    done: rows.length,
    values: { image: '', tile: '' },
  })
  for (const named of images.slice(rows.length)) {
    if (interrupt.signal.aborted) {
      throw new InterruptedError(`stopped after ${rows.length} images, kept in ${file}; --resume goes on from there`)
    }
    const onProgress = (done: number, total: number) =>
      bar.update(rows.length, { image: named.name, tile: `${done}/${total}` })
    rows.push(await measuredRow(denoiser, named, settings, onProgress))
    await writeWhole(file, jsonText({ ...settings, rows }))
    bar.update(rows.length, { image: named.name, tile: '' })
  }
}

async function whatIsMeasured(
  trained: TrainedModel,
  noise: Noise,
  paths: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<{ images: readonly NamedImage[]; refused: number; settings: Settings }> {
  if (trained.model.takesSigma && noise.kind !== 'gaussian') {
    throw new InputError(
      `the ${trained.kind.name} is told the level of Gaussian noise; it cannot be measured on ${noise.kind}`,
    )
  }
  const { seed, testImages, compare = [] } = options
  comparedDenoisers(compare)
  const { images, refused } = await readImages(paths, output)
  const used = images.slice(0, testImages)
  const settings = {
    model: trained.kind.name,
    weights: trained.path,
    weightsSha256: trained.sha256(),
    images: paths.join(', '),
    imagesSha256: await checksumOf(used.map(({ image }) => image)),
    noise,
    seed,
    compare,
    ...unusualDevice(options),
  }
  return { images: used, refused, settings }
}

async function measuredRow(
  denoiser: ImageDenoiser,
  { name, image }: NamedImage,
  { noise, seed, compare }: Settings,
  onProgress: (done: number, total: number) => void,
): Promise<ImageRow> {
  const noisy = noise.kind === 'gaussian' ? withNumpyNoise(image, noise.sd, seed) : withNoise(image, noise, seed, 0)
  const sigma = sigmaRange(noise)?.min
  const outputs: Record<string, Image> = { noisy }
  for (const method of comparedDenoisers(compare)) {
    outputs[method.name] = classicallyDenoised(method, { clean: image, noisy, noise })
  }
  outputs.denoised = await denoiser.denoise(noisy, { sigma, onProgress })
  const methods = Object.fromEntries(
    Object.entries(outputs).map(([method, result]) => {
      const { psnr, ssim } = measure(result, image)
      return [method, { psnr, ssim }]
    }),
  )
  return { image: name, width: image.width, height: image.height, channels: image.channels, methods }
}

/** The noise of published Python evaluations, whose images have their colours last. */
function withNumpyNoise(image: Image, sd: number, seed: number): Image {
  const { width, height, channels, data } = image
  const normal = numpyNormal(seed, data.length)
  const pixels = width * height
  const noisy = data.map((value, i) => {
    const channel = Math.floor(i / pixels)
    return value + sd * (normal[(i % pixels) * channels + channel] as number)
  })
  return createImage(width, height, channels, noisy)
}

/** The file in `runs/evaluate` that holds the rows of an evaluation. */
async function rowsFile({ model, images, noise, seed }: Settings): Promise<string> {
  const name = [model, basename(resolve(images)), ...Object.values(noise), seed].join('-').replaceAll(/[^\w.-]+/g, '_')
  return join(await writableFolder(join('runs', 'evaluate')), `${name}.json`)
}

/** The rows that an earlier evaluation with the same settings has left; none when there was none. */
async function earlierRows(file: string, settings: Settings): Promise<ImageRow[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return []
  const { rows, ...stored } = rowsFrom(text, file)
  const keys = new Set([...Object.keys(settings), ...Object.keys(stored)]) as Set<keyof Settings>
  const differing = [...keys].filter((key) => JSON.stringify(stored[key]) !== JSON.stringify(settings[key]))
  if (differing.length > 0) {
    throw new InputError(
      `${file} holds an evaluation with other ${differing.join(', ')}; leave --resume out to replace it`,
    )
  }
  return rows
}

type StoredRows = Settings & { readonly rows: ImageRow[] }

function rowsFrom(text: string, file: string): StoredRows {
  const refuse = (): never => {
    throw new InputError(`${file} holds no evaluation; leave --resume out to replace it`)
  }
  const stored = parsedJson(text, refuse)
  return isObject(stored) && Array.isArray(stored.rows) && stored.rows.every(isRow)
    ? (stored as unknown as StoredRows)
    : refuse()
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isRow(value: unknown): value is ImageRow {
  if (!isObject(value) || !isObject(value.methods) || typeof value.image !== 'string') return false
  const isQuality = (each: unknown): boolean =>
    isObject(each) && typeof each.ssim === 'number' && (each.psnr === null || typeof each.psnr === 'number')
  return (
    [value.width, value.height, value.channels].every((size) => typeof size === 'number') &&
    Object.values(value.methods).every(isQuality)
  )
}

function meanOf(rows: readonly ImageRow[]): Record<string, Quality> {
  const methods = Object.keys(rows[0]?.methods ?? {})
  const mean = (method: string, of: keyof Quality): number =>
    rows.reduce((sum, row) => sum + (row.methods[method]?.[of] ?? Number.POSITIVE_INFINITY), 0) / rows.length
  return Object.fromEntries(
    methods.map((method) => [method, { psnr: mean(method, 'psnr'), ssim: mean(method, 'ssim') }]),
  )
}

function rowLines(rows: readonly ImageRow[], mean: Record<string, Quality>): string[] {
  const methods = Object.keys(mean)
  const cells = (values: Readonly<Record<string, Quality>>): string[] =>
    methods.map((method) => {
      const { psnr = null, ssim = 0 } = values[method] ?? {}
      return `${psnr === null || psnr === Number.POSITIVE_INFINITY ? 'equal' : psnr.toFixed(2)} / ${ssim.toFixed(4)}`
    })
  return table([
    ['PSNR dB / SSIM', 'size', ...methods],
    ...rows.map(({ image, width, height, methods: values }) => [image, `${width}x${height}`, ...cells(values)]),
    [`mean of ${rows.length}`, '', ...cells(mean)],
  ])
}
