import { InputError, ShapeError } from '@noisescope/core'
import { imageQuality, ssimWindowSize } from '@noisescope/metrics'
import { type Colouring, grey, roundedUp } from '@noisescope/palettes'
import type { Raster } from './figure.ts'
import { painted, paintedColour } from './raster.ts'

/** One image before and after denoising: CHW values, black 0 and white 1, not clipped. */
export interface ComparisonRow {
  readonly width: number
  readonly height: number
  /** 1 for grey (the default) or 3 for red, green, blue. */
  readonly channels?: number | undefined
  /** The truth where it is known; where no row has it, its column is left out. */
  readonly clean?: Float32Array | undefined
  readonly noisy: Float32Array
  readonly denoised: Float32Array
  /** Written below the row's first image, for example a file's name. */
  readonly label?: string | undefined
}

/** A column's heading, and what it shows of a row; no picture where the row has no such image. */
export interface Column {
  readonly heading: string
  readonly picture: (row: ComparisonRow) => Raster | undefined
  readonly caption: (row: ComparisonRow) => string
}

/** The strip's columns from left to right; `residualColouring` colours noisy - denoised. */
export function columnsOf(rows: readonly ComparisonRow[], residualColouring: Colouring): Column[] {
  const clean: Column = {
    heading: 'clean',
    picture: (row) => row.clean && imagePicture(row.clean, row),
    caption: (row) => row.label ?? '',
  }
  const hasClean = rows.some((row) => row.clean !== undefined)
  const noisy: Column = {
    heading: 'noisy',
    picture: (row) => imagePicture(row.noisy, row),
    caption: (row) => (hasClean ? qualityText(row.noisy, row) : (row.label ?? '')),
  }
  const denoised: Column = {
    heading: 'denoised',
    picture: (row) => imagePicture(row.denoised, row),
    caption: (row) => qualityText(row.denoised, row),
  }
  const residual: Column = {
    heading: 'residual',
    picture: (row) => painted(residualOf(row), row.width, row.height, residualColouring),
    caption: () => '',
  }
  return hasClean ? [clean, noisy, denoised, residual] : [noisy, denoised, residual]
}

/** Share of the residuals that the signed scale covers; the rest, rare outliers, takes its end colours. */
const COVERED = 0.995
/**
 * The scale reaches at least to this share of the largest residual, lest impulses turn tiny residuals into full
 * colours.
 */
const LEAST_SHARE = 0.25

/**
 * Half the range of the signed scale, a number that reads well and covers nearly all residuals of all rows; `open` when
 * some lie beyond it.
 */
export function residualRange(rows: readonly ComparisonRow[]): { readonly limit: number; readonly open: boolean } {
  const parts = rows.map((row) => residualOf(row).map(Math.abs))
  const magnitudes = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let start = 0
  for (const part of parts) {
    magnitudes.set(part, start)
    start += part.length
  }
  magnitudes.sort()
  const largest = magnitudes.at(-1) ?? 0
  const covered = magnitudes[Math.ceil(COVERED * magnitudes.length) - 1] ?? 0
  const limit = largest === 0 ? 1 : roundedUp(Math.max(covered, LEAST_SHARE * largest))
  return { limit, open: largest > limit }
}

/** What a reader must know beside the pictures. */
export function footnotes(rows: readonly ComparisonRow[]): string[] {
  const measured = rows.filter((row) => row.clean !== undefined)
  const sides = new Set(measured.map((row) => ssimWindowSize(row.width, row.height)))
  const windows = [...sides].filter((side) => side < 11).map((side) => `${side} × ${side}`)
  return [
    ...(measured.length > 0 ? ['PSNR in dB and SSIM against the clean image, after clipping to 0…1.'] : []),
    ...(windows.length > 0 ? [`SSIM of images below 11 × 11 pixels through a window of ${windows.join(', ')}.`] : []),
    ...(rows.some((row) => row.channels === 3)
      ? ['Residuals of colour images are means over red, green and blue.']
      : []),
  ]
}

/**
 * Checks a row before anything is drawn.
 * @throws {ShapeError} when an image has another number of values than the row's sizes say, or neither 1 nor 3
 * channels.
 * @throws {InputError} when a size is not a positive whole number or a value is not finite.
 */
export function assertRow({ width, height, channels = 1, clean, noisy, denoised, label }: ComparisonRow): void {
  const row = label === undefined ? 'the row' : `the row "${label}"`
  if (![width, height].every((size) => Number.isInteger(size) && size >= 1)) {
    throw new InputError(`${row} is ${width}x${height}; expected whole numbers of pixels of at least 1`)
  }
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(`${row} has ${channels} channels; expected 1 (grey) or 3 (red, green, blue)`)
  }
  const expected = channels * height * width
  for (const [name, image] of Object.entries({ clean, noisy, denoised })) {
    if (image === undefined) continue
    if (image.length !== expected) {
      throw new ShapeError(
        `the ${name} image of ${row} has ${image.length} values; expected ${expected} for ` +
          `[channels ${channels}, height ${height}, width ${width}]`,
      )
    }
    if (!image.every(Number.isFinite)) {
      throw new InputError(`the ${name} image of ${row} holds NaN or an infinite value; expected finite values`)
    }
  }
}

function imagePicture(image: Float32Array, { width, height, channels = 1 }: ComparisonRow): Raster {
  return channels === 3 ? paintedColour(image, width, height) : painted(image, width, height, grey)
}

function qualityText(image: Float32Array, { clean, width, height, channels }: ComparisonRow): string {
  if (clean === undefined) return ''
  const { psnr, ssim } = imageQuality(image, clean, { width, height, channels, clip: true })
  return psnr.mean === Number.POSITIVE_INFINITY
    ? 'equals the clean image'
    : `${psnr.mean.toFixed(2)} dB · SSIM ${ssim.mean.toFixed(3)}`
}

/** noisy - denoised as one plane: of colour images the mean over the channels. */
function residualOf({ width, height, channels = 1, noisy, denoised }: ComparisonRow): Float32Array {
  const pixels = width * height
  const residual = new Float32Array(pixels)
  for (let i = 0; i < noisy.length; i++) {
    const difference = (noisy[i] as number) - (denoised[i] as number)
    residual[i % pixels] = (residual[i % pixels] as number) + difference / channels
  }
  return residual
}
