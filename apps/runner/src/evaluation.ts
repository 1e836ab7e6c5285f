import { medianFilter } from '@noisescope/classical'
import { createImage, type Image } from '@noisescope/images'
import { binaryAccuracy, imageQuality, kerasBinaryAccuracy } from '@noisescope/metrics'
import type { Denoiser } from './denoiser.ts'
import { interruptible } from './interruptible.ts'
import { FORM_TEXT, type NoisyForm } from './noisy-image.ts'
import { table } from './output.ts'

/** An image with and without its noise. */
export interface Sample {
  readonly name: string
  readonly clean: Image
  /** As the network sees it: not clipped unless that was asked for. */
  readonly noisy: Image
  /** Standard deviation of its noise on 0..1, where that is Gaussian's. */
  readonly sigma?: number
}

/** Quality of an image, or means over images. */
export interface Measures {
  /** dB; `Infinity` (null in JSON) when an image equals the clean one. */
  readonly psnr: number
  readonly ssim: number
  readonly binaryAccuracy: number
  readonly kerasBinaryAccuracy: number
}

/** How well a model denoises a set of images, beside the noisy images themselves and a plain median. */
export interface Evaluation {
  readonly images: number
  readonly noisy: Measures
  readonly median3x3: Measures
  readonly denoised: Measures
  readonly deadChannels: { readonly count: number; readonly of: number; readonly names: readonly string[] }
  readonly protocol: string
}

const protocolOf = (form: NoisyForm): string =>
  `the network sees the noisy image ${FORM_TEXT[form]}; every image is clipped to 0..1 before it is measured; PSNR and SSIM are means ` +
  "over the images' own values; SSIM of Wang et al. 2004 (11x11 Gaussian window of sigma 1.5, valid positions, data range 1); " +
  'a dead channel belongs to a ReLU layer and is 0 for every image'

/** The measures that an evaluation has means of, image by image. */
export type EachMeasured = Readonly<Record<'noisy' | 'median3x3' | 'denoised', readonly Measures[]>>

/**
 * Denoises the noisy images and measures the results.
 * @param form that the noisy images are in.
 * @returns the measures, those of each image, and the images as the model left them.
 */
export async function evaluate(
  denoiser: Denoiser,
  samples: readonly Sample[],
  onProgress?: (done: number, total: number) => void,
  form: NoisyForm = 'as drawn',
): Promise<{ evaluation: Evaluation; each: EachMeasured; denoised: Image[] }> {
  const denoised = await denoiser.denoise(
    samples.map(({ noisy }) => noisy),
    onProgress,
  )
  const { names, of } = denoiser.deadChannels
  const measured = (output: (sample: Sample, i: number) => Image): Measures[] =>
    samples.map((sample, i) => measure(output(sample, i), sample.clean))
  const each = await interruptible(() => ({
    noisy: measured(({ noisy }) => noisy),
    median3x3: measured(({ noisy }) => median3x3(noisy)),
    denoised: measured(({ clean }, i) => denoised[i] ?? clean),
  }))
  return {
    denoised,
    each,
    evaluation: {
      images: samples.length,
      noisy: means(each.noisy),
      median3x3: means(each.median3x3),
      denoised: means(each.denoised),
      deadChannels: { count: names.length, of, names },
      protocol: protocolOf(form),
    },
  }
}

/** The 3x3 median of every channel: the plain filter to which denoisers of salt-and-pepper noise are compared. */
function median3x3({ width, height, channels, data }: Image): Image {
  const pixels = width * height
  const filtered = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += pixels) {
    filtered.set(medianFilter({ width, height, data: data.subarray(start, start + pixels) }, 3).data, start)
  }
  return createImage(width, height, channels, filtered)
}

/** The measures of one image, whose values are clipped to 0..1 first unless `clip` is false. */
export function measure(image: Image, clean: Image, { clip = true }: { readonly clip?: boolean } = {}): Measures {
  const output = clip ? clipped(image) : image
  const { psnr, ssim } = imageQuality(output.data, clean.data, clean)
  return {
    psnr: psnr.mean,
    ssim: ssim.mean,
    binaryAccuracy: binaryAccuracy(output.data, clean.data),
    kerasBinaryAccuracy: kerasBinaryAccuracy(output.data, clean.data),
  }
}

/** The measures of a noisy image in the form in which a network sees it: its values outside of 0..1 count as they are. */
export const measureNoisy = (noisy: Image, clean: Image): Measures => measure(noisy, clean, { clip: false })

/** The image with its values clipped to 0..1. */
export const clipped = ({ width, height, channels, data }: Image): Image =>
  createImage(
    width,
    height,
    channels,
    data.map((value) => Math.min(Math.max(value, 0), 1)),
  )

function means(measures: readonly Measures[]): Measures {
  const mean = (of: (measures: Measures) => number) =>
    measures.reduce((sum, each) => sum + of(each), 0) / measures.length
  return {
    psnr: mean(({ psnr }) => psnr),
    ssim: mean(({ ssim }) => ssim),
    binaryAccuracy: mean(({ binaryAccuracy }) => binaryAccuracy),
    kerasBinaryAccuracy: mean(({ kerasBinaryAccuracy }) => kerasBinaryAccuracy),
  }
}

/** An evaluation as lines for people. */
export function evaluationLines(
  { images, noisy, median3x3, denoised, deadChannels, protocol }: Evaluation,
  caption: string,
): string[] {
  const row = (name: string, m: Measures): string[] => [
    name,
    m.psnr === Number.POSITIVE_INFINITY ? 'equal' : `${m.psnr.toFixed(2)} dB`,
    m.ssim.toFixed(4),
    percent(m.binaryAccuracy),
    percent(m.kerasBinaryAccuracy),
  ]
  const gain = denoised.psnr - median3x3.psnr
  return [
    `${images} images, ${caption}`,
    '',
    ...table([
      ['', 'PSNR', 'SSIM', 'binary accuracy', "Keras' accuracy*"],
      row('noisy', noisy),
      row('3x3 median', median3x3),
      row('denoised', denoised),
    ]).map((line) => `  ${line}`),
    '',
    ...(Number.isFinite(gain)
      ? [
          `The network is ${Math.abs(gain).toFixed(2)} dB ${gain < 0 ? 'below' : 'above'} a plain 3x3 median on these images.`,
        ]
      : []),
    `Dead channels: ${deadChannels.count} of ${deadChannels.of}${deadChannels.count > 0 ? ` (${shortList(deadChannels.names)})` : ''}.`,
    `Protocol: ${protocol}.`,
    '* As Keras counts it for grey images: only pixels that are exactly 0 or 1 can be right, so a perfect image scores 51% on ' +
      'Fashion-MNIST and 81% on MNIST, and a black one nearly as much.',
  ]
}

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`

/** Channels grouped by layer: conv2d 3, 17; conv2d_1 5. */
function shortList(names: readonly string[]): string {
  const byLayer = Map.groupBy(names, (name) => name.slice(0, name.lastIndexOf('/')))
  return [...byLayer]
    .map(([layer, all]) => `${layer} ${all.map((name) => name.slice(layer.length + 1)).join(', ')}`)
    .join('; ')
}
