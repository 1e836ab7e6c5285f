import {
  add,
  concat,
  InputError,
  mul,
  type Shape,
  sizeOf,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '@noisescope/core'
import { checkMask, type Mask } from './masks.ts'
import { layerOf, type Size, type TracedModel } from './traced-model.ts'

/** What a target is a number of: the denoised image f, the residual r = y - f, or what a layer puts out. */
export type TargetOf = 'denoised' | 'residual' | { readonly layer: string }

/** A number for each image that an explanation is asked about. */
export interface Target {
  readonly kind: 'pixel' | 'region' | 'contrast' | 'residual' | 'error' | 'channel' | 'detail'
  readonly of: TargetOf
  /** What it is, for people. */
  readonly text: string
  /** Where it is: x and y of a pixel or place, a channel. */
  readonly numbers?: Readonly<Record<string, number>>
  /** The regions that it names, in the order in which the text does. */
  readonly masks?: readonly Mask[]
  /** Targets of one form differ only in their weights, so one program serves them all. */
  readonly form: string
  readonly needsClean: boolean
  /** The tensor that it weighs: its weights have this shape, with one image. */
  tensor(graph: TracedModel): Tensor
  /** Weights of the tensor's values for one image, [c, h, w]. @throws InputError when the target does not fit the shape. */
  weights(shape: Shape): Float32Array
  /** T for each image, [n, 1, 1, 1]. @param weights [n, c, h, w] @param clean [1, c, h, w], where it is needed. */
  value(graph: TracedModel, weights: Tensor, clean: Tensor | undefined): Tensor
  /** Of a target with a constant that depends on the image: the target with any constant, and its weights [n, c, h, w] there. */
  readonly held?: { readonly target: Target; weights(graph: TracedModel, weights: Tensor): Tensor }
}

const PER_IMAGE = [1, 2, 3]

/** The image that a target is of. */
export type ImageTarget = 'denoised' | 'residual'

const words = (of: ImageTarget): string => (of === 'denoised' ? 'the denoised image' : 'the residual')

const sizeFrom = ([, , height = 0, width = 0]: Shape): Size => ({ width, height })

/** Weights of all channels of an image from weights of its pixels: those of a sum over the channels. */
function forEveryChannel(shape: Shape, weightOf: (pixel: number) => number): Float32Array {
  const [, channels = 1, height = 0, width = 0] = shape
  const pixels = width * height
  return Float32Array.from({ length: channels * pixels }, (_, i) => weightOf(i % pixels))
}

/** The same, of a mean over the channels. */
const meanOfChannels = (shape: Shape, weightOf: (pixel: number) => number): Float32Array =>
  forEveryChannel(shape, (i) => weightOf(i) / (shape[1] ?? 1))

/** A target that is linear in a tensor: T = sum of w * X. */
const linear = (
  common: Pick<Target, 'kind' | 'of' | 'text' | 'numbers' | 'masks'>,
  weights: (shape: Shape) => Float32Array,
): Target => ({
  ...common,
  form: `linear in ${typeof common.of === 'string' ? common.of : common.of.layer}`,
  needsClean: false,
  tensor: (graph) => tensorOf(graph, common.of),
  weights,
  value: (graph, weight) => sum(mul(weight, tensorOf(graph, common.of)), PER_IMAGE),
})

const tensorOf = (graph: TracedModel, of: TargetOf): Tensor =>
  typeof of === 'string' ? graph[of] : layerOf(graph, of.layer)

/**
 * One pixel: T = f_i, or r_i; of colour images the mean of its channels, or one channel. For a network that puts out the noise
 * f_i contains y_i itself, so the gradient of f shows this identity, and that of r does not.
 * @param x from the left, @param y from the top.
 */
export function pixel(x: number, y: number, of: ImageTarget = 'denoised', channel?: number): Target {
  const which = channel === undefined ? '' : `, channel ${channel},`
  const numbers = { x, y, ...(channel === undefined ? {} : { channel }) }
  return linear({ kind: 'pixel', of, text: `pixel ${x},${y}${which} of ${words(of)}`, numbers }, (shape) => {
    const [, channels = 1, height = 0, width = 0] = shape
    if (![x, y].every(Number.isSafeInteger) || x < 0 || y < 0 || x >= width || y >= height) {
      throw new InputError(
        `pixel ${x},${y} is not in the image of ${width}x${height}; expected x from 0 to ${width - 1}, y from 0 to ${height - 1}`,
      )
    }
    if (channel === undefined) return meanOfChannels(shape, (i) => Number(i === y * width + x))
    checkIndex(channel, channels, 'the image')
    const weights = new Float32Array(sizeOf(shape.slice(1)))
    weights[(channel * height + y) * width + x] = 1
    return weights
  })
}

/** A region: T = sum over M of f, or of r; of colour images over their channels too. */
export const region = (mask: Mask, of: ImageTarget = 'denoised'): Target =>
  linear(
    { kind: 'region', of, text: `the sum over a region of ${countOf(mask)} pixels of ${words(of)}`, masks: [mask] },
    (shape) => {
      checkMask(mask, sizeFrom(shape), 'the region')
      return forEveryChannel(shape, (i) => mask.data[i] as number)
    },
  )

/** A contrast: T = mean over M minus mean over M'; of colour images over their channels too. */
export const contrast = (mask: Mask, other: Mask, of: ImageTarget = 'denoised'): Target =>
  linear(
    {
      kind: 'contrast',
      of,
      text: `the mean over ${countOf(mask)} pixels less the mean over ${countOf(other)} others of ${words(of)}`,
      masks: [mask, other],
    },
    (shape) => {
      checkMask(mask, sizeFrom(shape), 'the region')
      checkMask(other, sizeFrom(shape), 'the region to compare with')
      const [count, otherCount] = [countOf(mask), countOf(other)]
      return meanOfChannels(shape, (i) => (mask.data[i] as number) / count - (other.data[i] as number) / otherCount)
    },
  )

/**
 * What is removed in a region: T = sum over M of stopgrad(r) r, which is its energy, and linear in r, so that decompositions of
 * it are complete; half the sum of r^2 would not be. Of colour images over their channels too.
 */
export const removed = (mask: Mask): Target => ({
  ...region(mask, 'residual'),
  kind: 'residual',
  text: `what is removed in a region of ${countOf(mask)} pixels: the sum of r^2, as linear in r`,
  form: 'energy of the residual',
  value: ({ residual }, weights) => sum(mul(mul(weights, stopGradient(residual)), residual), PER_IMAGE),
  held: { target: region(mask, 'residual'), weights: ({ residual }, weights) => mul(weights, residual) },
})

/** The error in a region, negative so that better is more: T = -0.5 sum over M of (f - x)^2; of colour images over their channels too. */
export const error = (mask: Mask): Target => ({
  ...region(mask),
  kind: 'error',
  text: `the error in a region of ${countOf(mask)} pixels: minus half the sum of its squares`,
  form: 'error of the denoised image',
  needsClean: true,
  value: ({ denoised }, weights, clean) => {
    if (clean === undefined) throw new InputError('the error is the distance to the clean image, which is not given')
    return mul(-0.5, sum(mul(weights, square(sub(denoised, clean))), PER_IMAGE))
  },
})

/** Keeps the root of a flat background from an infinite gradient; on the squared 0..1 scale. */
const FLAT = 1e-8

/**
 * How much detail there is in a region: T = sum over M of sqrt(dh^2 + dw^2 + eps), with differences to the next pixel below and
 * on the right, 0 beyond the edge; of colour images over their channels too. Source: Gu and Dong 2021 (a gradient detector).
 */
export const detail = (mask: Mask, of: ImageTarget = 'denoised'): Target => ({
  ...region(mask, of),
  kind: 'detail',
  text: `the detail in a region of ${countOf(mask)} pixels of ${words(of)}: the sum of its gradient's length`,
  form: `detail of ${of}`,
  value: (graph, weights) => {
    const [down, across] = [difference(graph[of], 2), difference(graph[of], 3)]
    return sum(mul(weights, sqrt(add(add(square(down), square(across)), FLAT))), PER_IMAGE)
  },
})

/** x shifted by one along an axis minus x; 0 where the shifted pixel is beyond the edge. */
function difference(x: Tensor, axis: number): Tensor {
  const length = x.shape[axis] ?? 1
  const at = (start: number, size: number): Tensor =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? start : 0)),
      x.shape.map((extent, i) => (i === axis ? size : extent)),
    )
  const last = at(length - 1, 1)
  const next = length === 1 ? last : concat([at(1, length - 1), last], axis)
  return sub(next, x)
}

/** A channel of a layer: T = the sum of its activation, or the activation at one place of it. */
export function channel(layer: string, index: number, place?: { readonly x: number; readonly y: number }): Target {
  const where = place === undefined ? 'the sum of' : `the value at ${place.x},${place.y} of`
  const numbers = { channel: index, ...place }
  return linear({ kind: 'channel', of: { layer }, text: `${where} channel ${index} of ${layer}`, numbers }, (shape) => {
    const [, channels = 1, height = 1, width = 1] = shape
    checkIndex(index, channels, layer)
    if (place !== undefined && !(place.x >= 0 && place.x < width && place.y >= 0 && place.y < height)) {
      throw new InputError(`place ${place.x},${place.y} is not in ${layer}, which is ${width}x${height}`)
    }
    const weights = new Float32Array(channels * height * width)
    const start = index * height * width
    if (place === undefined) weights.fill(1, start, start + height * width)
    else weights[start + place.y * width + place.x] = 1
    return weights
  })
}

function checkIndex(index: number, channels: number, name: string): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < channels) return
  throw new InputError(`${name} has no channel ${index}; it has ${channels}, from 0`)
}

function countOf({ data }: Mask): number {
  let count = 0
  for (let i = 0; i < data.length; i++) count += data[i] as number
  return count
}
