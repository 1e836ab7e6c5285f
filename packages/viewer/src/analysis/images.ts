import type { Trace, TraceFrame } from '@noisescope/explain/trace'
import { IMAGE_SCALE, roundedUp, type Scale } from '@noisescope/palettes'
import { type Planes, remembered, sizeOf, valuesOf } from './tensor.ts'

/** The images of a frame, in the order in which they are shown. */
export const imageNames = ['clean', 'noisy', 'denoised', 'residual', 'noise', 'error'] as const

/**
 * `residual` is what was removed (noisy - denoised), `noise` what was added (noisy - clean), `error` what is wrong with the
 * result (denoised - clean).
 */
export type ImageName = (typeof imageNames)[number]

/** An image of a frame and how it is drawn. */
export interface FoundImage {
  readonly name: ImageName
  readonly width: number
  readonly height: number
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number
  /** [c, h, w]; `valuesOf` decodes it. */
  readonly tensor: Planes
  /** Whether its values are differences, which may be below zero. */
  readonly signed: boolean
  readonly scale: Scale
  /** Whether values lie beyond the ends of a signed scale. */
  readonly open: boolean
}

/** Share of the differences that a signed scale covers; the rest, rare outliers, takes its end colours. */
const COVERED = 0.995
/** A signed scale reaches at least to this share of the largest difference, lest impulses turn tiny ones into full colours. */
const LEAST_SHARE = 0.25

/** The images that a frame has, or that follow from those it has, in the order of `imageNames`. */
export const imagesOf = (trace: Trace, frame: TraceFrame): FoundImage[] =>
  imageNames.flatMap((name) => imageOf(trace, frame, name) ?? [])

/**
 * One image of a frame, undefined where the trace does not have it. Residual and true noise are on one scale, that of the
 * noise where it is known: so it stays from frame to frame.
 */
export function imageOf(trace: Trace, frame: TraceFrame, name: ImageName): FoundImage | undefined {
  const tensor = tensorOf(trace, frame, name)
  if (tensor === undefined) return undefined
  const common = { name, ...sizeOf(tensor), tensor }
  if (name === 'clean' || name === 'noisy' || name === 'denoised') {
    return { ...common, signed: false, scale: IMAGE_SCALE, open: false }
  }
  const measure = name === 'residual' ? (tensorOf(trace, frame, 'noise') ?? tensor) : tensor
  const { limit } = extentOf(measure)
  return {
    ...common,
    signed: true,
    // Colour images are drawn in their three colours, where the middle grey is zero.
    scale: common.channels === 3 ? { kind: 'grey', low: -limit, high: limit } : { kind: 'signed', limit },
    open: extentOf(tensor).largest > limit,
  }
}

function tensorOf({ images }: Trace, frame: TraceFrame, name: ImageName): Planes | undefined {
  const { clean, noisy } = images
  const { denoised } = frame
  switch (name) {
    case 'clean':
    case 'noisy':
      return images[name]
    case 'denoised':
      return denoised
    case 'residual':
      return frame.residual ?? (denoised && difference(noisy)(denoised))
    case 'noise':
      return images.noise ?? (clean && difference(noisy)(clean))
    case 'error':
      return frame.error ?? (denoised && clean && difference(denoised)(clean))
  }
}

/** a - b */
const difference = remembered((a: Planes) =>
  remembered((b: Planes): Planes => {
    const [minuend, subtrahend] = [valuesOf(a), valuesOf(b)]
    return { shape: a.shape, data: minuend.map((value, i) => value - (subtrahend[i] as number)) }
  }),
)

/** Largest size of a difference, and a number that reads well and covers nearly all of them. */
const extentOf = remembered((tensor: Planes): { readonly limit: number; readonly largest: number } => {
  const sizes = valuesOf(tensor).filter(Number.isFinite).map(Math.abs).sort()
  const largest = sizes.at(-1) ?? 0
  const covered = sizes[Math.ceil(COVERED * sizes.length) - 1] ?? 0
  return { limit: largest === 0 ? 1 : roundedUp(Math.max(covered, LEAST_SHARE * largest)), largest }
})
