import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { type Device, InputError } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'
import { createImage, decodeImage, type Image } from '@noisescope/images'
import { type FoundImage, type RefusedImage, readImageFile, whyRefused } from '@noisescope/images/node'
import { noiseText, sigmaRange } from '@noisescope/models'
import { type Noise, numpyNormal } from '@noisescope/noise'
import { classicallyDenoised, comparedDenoisers } from './comparison.ts'
import { deviceFor, unusualDevice } from './device-flags.ts'
import type { EvaluateOptions } from './evaluate.ts'
import { measure, measureNoisy } from './evaluation.ts'
import { type EvaluationSettings, type ImageRow, type KeptRows, openRows, type Quality } from './evaluation-rows.ts'
import { EXIT, InterruptedError } from './failure.ts'
import { type ImageDenoiser, openDenoiser } from './image-denoiser.ts'
import { findImageFiles, noneUsable } from './image-files.ts'
import { startImageProgress } from './image-progress.ts'
import { listenForInterrupt } from './interrupt.ts'
import { interruptible } from './interruptible.ts'
import { FORM_TEXT, formFlags, inForm, noisyForm } from './noisy-image.ts'
import { type Output, table } from './output.ts'
import { endProfiling, startProfiling } from './profiling.ts'
import { recordResult } from './results-file.ts'
import { withNoise } from './samples.ts'
import { openSession } from './session.ts'
import type { TrainedModel } from './weights.ts'
import { type BeforeAndAfter, warnOfWorse } from './worse-than-noisy.ts'

/** An evaluation that is going on. */
interface Measurement {
  readonly trained: TrainedModel
  readonly files: readonly FoundImage[]
  readonly kept: KeptRows
  readonly settings: EvaluationSettings
  readonly output: Output
}

const NOISE_PROTOCOL = {
  numpy: 'Gaussian noise as numpy.random.seed(SEED) draws it anew for each image (rows, then columns, then colours)',
  own: 'noise by image and seed',
} as const

const PROTOCOL =
  'the network sees the whole noisy image in that form, and that is what is measured as noisy; outputs are clipped to 0..1; ' +
  'PSNR of float values over all pixels and channels, no border shaved; SSIM of Wang et al. 2004 (11x11 Gaussian window of ' +
  'sigma 1.5, valid positions, data range 1), mean over channels; means are over the images, of PSNR in dB'

/**
 * Measures a model on photographs with noise, one after another as published evaluations do: each is read, measured and
 * forgotten. Rows are kept in `runs/evaluate` as they come, so that an interrupted evaluation goes on with `--resume`.
 * @returns the exit code.
 */
export async function evaluateImages(
  trained: TrainedModel,
  noise: Noise,
  paths: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<number> {
  const { files, settings } = await whatIsMeasured(trained, noise, paths, options, output)
  if (files.length > 1) output.note(`${files.length} images to measure.`)
  const kept = await openRows(settings, options, output)
  const { rows } = kept
  if (rows.length > 0) output.note(`${rows.length} of ${files.length} images were measured before.`)

  let refused: RefusedImage[] = []
  let profiled: Awaited<ReturnType<typeof endProfiling>> = {}
  if (rows.length < files.length) {
    using session = await openSession(output, deviceFor(options))
    startProfiling(session.device, options)
    refused = await measureRest(session.device, { trained, files, kept, settings, output })
    profiled = await endProfiling(session.device, options, output)
  }
  if (rows.length === 0) throw noneUsable(refused)

  const mean = meanOf(rows)
  const drawn = NOISE_PROTOCOL[noise.kind === 'gaussian' ? 'numpy' : 'own']
  const protocol = `${drawn}, ${FORM_TEXT[settings.noisy]}; ${PROTOCOL}`
  output.line(`Weights: ${trained.path} (${trained.kind.name}); ${noiseText(noise)}; seed ${options.seed}.`)
  for (const line of rowLines(rows, mean)) output.line(`  ${line}`)
  output.line(`Protocol: ${protocol}.`)
  const worse = warnOfWorse(trained, rows.map(beforeAndAfter), output)
  if (refused.length > 0) output.note(`${refused.length} of ${files.length} files could not be used.`)
  if (options.record !== undefined) {
    const { model, images, noisy, seed, compare } = settings
    const { recursive, testImages } = options
    const flags = { model, images, recursive, 'test-images': testImages, seed, compare }
    await recordResult(options.record, {
      weights: trained,
      set: `${setName(images)}, ${rows.length}`,
      noise,
      noisy,
      mean,
      flags: { ...flags, ...formFlags(noisy), ...unusualDevice(options) },
    })
    output.line(`Recorded in ${options.record}.`)
  }
  output.result({ ...settings, refused: refused.length, protocol, mean, worse, rows, ...profiled })
  return refused.length > 0 ? EXIT.failed : EXIT.ok
}

/** The images in few words: the name of their folder, or of the first of several files or folders. */
function setName([first = 'images', ...others]: readonly string[]): string {
  const name = basename(resolve(first))
  return others.length === 0 ? name : `${name} and ${others.length} more`
}

/** Measures the images that have no row yet, keeping each row as soon as it is there. @returns the files that cannot be used. */
async function measureRest(
  device: Device,
  { trained, files, kept, settings, output }: Measurement,
): Promise<RefusedImage[]> {
  using denoiser = await openDenoiser(device, trained)
  using interrupt = listenForInterrupt(output, { word: 'Stopping', leaving: () => stoppedText(kept) })
  using progress = startImageProgress(files.length - kept.rows.length)
  const told = progress.above(output)
  const refused: RefusedImage[] = []
  const measured = new Set(kept.rows.map(({ path }) => path))
  for (const file of files) {
    if (measured.has(file.path)) continue
    if (interrupt.signal.aborted) throw new InterruptedError(stoppedText(kept))
    progress.begin(file.name)
    // A classical denoiser may keep the process busy for minutes.
    if (settings.compare.length > 0) progress.show()
    const row = await measuredRow(denoiser, file, settings, progress.tile).catch((error: unknown): RefusedImage => {
      if (interrupt.signal.aborted) throw new InterruptedError(stoppedText(kept))
      return { name: file.name, reason: whyRefused(error) }
    })
    if ('reason' in row) {
      refused.push(row)
      told.note(`Left out: ${row.reason}`)
    } else await kept.add(row)
    progress.end()
  }
  return refused
}

const stoppedText = ({ rows, file }: KeptRows): string =>
  file === undefined
    ? `stopped after ${rows.length} images; they could not be kept`
    : `stopped after ${rows.length} images, kept in ${file}; --resume goes on from there`

async function whatIsMeasured(
  trained: TrainedModel,
  noise: Noise,
  paths: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<{ files: readonly FoundImage[]; settings: EvaluationSettings }> {
  if (trained.model.takesSigma && noise.kind !== 'gaussian') {
    throw new InputError(
      `the ${trained.kind.name} is told the level of Gaussian noise; it cannot be measured on ${noise.kind}`,
    )
  }
  const { seed, testImages, compare = [] } = options
  comparedDenoisers(compare)
  const found = await findImageFiles(paths, output, options)
  // A file that is named twice is one image.
  const files = [...new Map(found.map((file) => [file.path, file])).values()].slice(0, testImages)
  const settings = {
    model: trained.kind.name,
    weights: trained.path,
    weightsSha256: trained.sha256(),
    images: paths,
    imagesSha256: await checksumOfFiles(files),
    noise,
    noisy: noisyForm(options),
    seed,
    compare,
    ...unusualDevice(options),
  }
  return { files, settings }
}

/** SHA-256 over the names and bytes of files, one after another; one that cannot be read counts by its name alone. */
async function checksumOfFiles(files: readonly FoundImage[]): Promise<string> {
  const sum = createHash('sha256')
  for (const { name, path } of files) {
    sum.update(`${name}\0`)
    sum.update(await readWhole(path).catch(() => ''))
  }
  return sum.digest('hex')
}

async function measuredRow(
  denoiser: ImageDenoiser,
  { name, path }: FoundImage,
  { noise, noisy: form, seed, compare }: EvaluationSettings,
  onProgress: (done: number, total: number) => void,
): Promise<ImageRow> {
  const bytes = await readImageFile(path)
  const image = await interruptible(() => decodeImage(bytes, name))
  const noisy = await interruptible(() => {
    const drawn = noise.kind === 'gaussian' ? withNumpyNoise(image, noise.sd, seed) : withNoise(image, noise, seed, 0)
    return inForm(drawn, form)
  })
  const sigma = sigmaRange(noise)?.min
  const of = ({ psnr, ssim }: Quality): Quality => ({ psnr, ssim })
  const methods: Record<string, Quality> = { noisy: of(await interruptible(() => measureNoisy(noisy, image))) }
  for (const method of comparedDenoisers(compare)) {
    const result = () => measure(classicallyDenoised(method, { clean: image, noisy, noise }), image)
    methods[method.name] = of(await interruptible(result))
  }
  const denoised = await denoiser.denoise(noisy, { sigma, onProgress })
  methods.denoised = of(await interruptible(() => measure(denoised, image)))
  return { image: name, path, width: image.width, height: image.height, channels: image.channels, methods }
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

/** An image that equals the clean one has no PSNR in a file of rows. */
const beforeAndAfter = ({ image, methods: { noisy, denoised } }: ImageRow): BeforeAndAfter => ({
  name: image,
  noisy: noisy?.psnr ?? Number.POSITIVE_INFINITY,
  denoised: denoised?.psnr ?? Number.POSITIVE_INFINITY,
})

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
