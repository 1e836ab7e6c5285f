import { ShapeError } from '../errors.ts'
import { padToFour, type Shape, showShape } from '../shape.ts'
import type { Conv2dAttributes, ConvolutionSpec } from './convolution.ts'

const MAX_WORKGROUPS_PER_DIMENSION = 65535

/**
 * The convolution of an input [n, c, h, w] with weights [k, c, r, s].
 * @throws ShapeError when the channels differ, or when no output pixel would be left.
 */
export function convolutionSpec(input: Shape, weights: Shape, attributes: Conv2dAttributes): ConvolutionSpec {
  const [n, c, h, w] = padToFour(input)
  const [k, channels, r, s] = padToFour(weights)
  if (channels !== c) {
    throw new ShapeError(
      `conv2d of ${showShape(input)} with weights ${showShape(weights)}: the weights expect ${channels} input channels, the input has ${c}`,
    )
  }
  const { stride, dilation, padding } = attributes
  const oh = Math.floor((h + padding.top + padding.bottom - dilation[0] * (r - 1) - 1) / stride[0]) + 1
  const ow = Math.floor((w + padding.left + padding.right - dilation[1] * (s - 1) - 1) / stride[1]) + 1
  if (oh < 1 || ow < 1) {
    throw new ShapeError(
      `conv2d of ${showShape(input)} with weights ${showShape(weights)} leaves no pixel: expected an image at least as large as the dilated kernel`,
    )
  }
  return { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding }
}

/**
 * The input gradient of a stride-1 convolution as a forward convolution of the output's gradient with transposed,
 * flipped weights; undefined where there is none (other strides, padding wider than the kernel).
 */
export function inputGradientAsForward(spec: ConvolutionSpec): ConvolutionSpec | undefined {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation } = spec
  if (stride[0] !== 1 || stride[1] !== 1) return undefined
  const top = dilation[0] * (r - 1) - spec.padding.top
  const left = dilation[1] * (s - 1) - spec.padding.left
  const bottom = h + dilation[0] * (r - 1) - oh - top
  const right = w + dilation[1] * (s - 1) - ow - left
  if (Math.min(top, left, bottom, right) < 0) return undefined
  return { n, c: k, h: oh, w: ow, k: c, r, s, oh: h, ow: w, stride, dilation, padding: { top, bottom, left, right } }
}

/** Dispatch of `count` workgroups; `text` gives `let group: u32` from `workgroup: vec3u` (the builtin workgroup_id) and leaves when there is none. */
export function dispatchGroups(count: number): { workgroups: [number, number, number]; text: string } {
  const x = Math.min(count, MAX_WORKGROUPS_PER_DIMENSION)
  const y = Math.ceil(count / x)
  if (y === 1) return { workgroups: [x, 1, 1], text: 'let group = workgroup.x;' }
  return {
    workgroups: [x, y, 1],
    text: `let group = workgroup.y * ${x}u + workgroup.x;\n  if (group >= ${count}u) { return; }`,
  }
}

/** Height and width of x as it lies in memory, before the upsampling that the loads do. */
export function storedSize({ h, w, scale = 1 }: ConvolutionSpec): { h: number; w: number } {
  return { h: h / scale, w: w / scale }
}

/** WGSL of where the pixel lies in memory that a convolution sees at `coordinate`. */
export const stored = (coordinate: string, { scale = 1 }: ConvolutionSpec): string =>
  scale === 1 ? coordinate : `(${coordinate}) / ${scale}`

/** Lines of text for 0..count-1. */
export function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n')
}

/** WGSL of a coordinate `position * stride + tap * dilation - padding` as i32, without terms that vanish. */
export function coordinate(position: string, tap: string, stride: number, dilation: number, padding: number): string {
  const scaled = stride === 1 ? position : `${position} * ${stride}u`
  const spread = dilation === 1 ? tap : `${tap} * ${dilation}u`
  return `i32(${scaled} + ${spread}) - ${padding}`
}

/**
 * The zero that loops start from so that no compiler unrolls them: `workgroup_id.z` in dispatches one deep. Mesa unrolls
 * every short loop whose trip count it knows, which makes software adapters compile for many seconds.
 */
export const OPAQUE_ZERO = 'workgroup.z'
