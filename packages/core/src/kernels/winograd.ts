import type { ConvolutionSpec } from './convolution.ts'

/** Output pixels of a tile, in each direction. */
export type WinogradSize = 2 | 4

/** Taps of the convolutions that are transformed, in each direction. */
const TAPS = 3

/**
 * Where the polynomials of input tiles of four or six pixels are evaluated, besides infinity. Those for six are chosen by
 * the error that they leave in float32: with roots of two it is about that of a direct sum, with 0, +-1, +-2 several times
 * as large (test/kernels/winograd.test.ts measures against float64).
 */
const POINTS: Readonly<Record<number, readonly number[]>> = {
  4: [0, 1, -1],
  6: [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2],
}

/** By rows. */
export type Matrix = readonly (readonly number[])[]

/** y = output [(kernel g kernel^T) * (input d input^T)] output^T for a tile d, the taps g and element-wise *. */
export interface WinogradMatrices {
  /** [outputs + taps - 1, outputs + taps - 1] */
  readonly input: Matrix
  /** [outputs + taps - 1, taps] */
  readonly kernel: Matrix
  /** [outputs, outputs + taps - 1] */
  readonly output: Matrix
}

/**
 * The matrices of F(outputs x outputs, taps x taps), together four or six wide at the input: Lavin and Gray 2016, equation 8, here from the points by Lagrange's interpolation
 * (Winograd 1980), with all scaling in the kernel's.
 */
export function winogradMatrices(outputs: number, taps = TAPS): WinogradMatrices {
  const points = POINTS[outputs + taps - 1]
  if (points === undefined) throw new RangeError(`there are no points for ${outputs} outputs of ${taps} taps`)
  /** Coefficients of the polynomial whose roots are the points but one, lowest power first. */
  const without = (skipped?: number): number[] => {
    let polynomial = [1]
    for (const [i, root] of points.entries()) {
      if (i === skipped) continue
      const lower = polynomial
      polynomial = [...lower, 0].map((_, power) => (lower[power - 1] ?? 0) - root * (lower[power] ?? 0))
    }
    return polynomial
  }
  const powers = (point: number, count: number): number[] => Array.from({ length: count }, (_, i) => point ** i)
  const atInfinity = (count: number): number[] => Array.from({ length: count }, (_, i) => (i === count - 1 ? 1 : 0))
  const scale = (j: number): number =>
    points.reduce((product, point, l) => (l === j ? product : product * ((points[j] ?? 0) - point)), 1)
  const rows = [...points.map((point) => powers(point, outputs)), atInfinity(outputs)]
  return {
    input: [...points.map((_, j) => [...without(j), 0]), without()],
    kernel: [...points.map((point, j) => powers(point, taps).map((power) => power / scale(j))), atInfinity(taps)],
    output: Array.from({ length: outputs }, (_, i) => rows.map((row) => row[i] ?? 0)),
  }
}

/** Input and output channels are handled four at a time. */
export const CHANNELS = 4

/** How a convolution is cut into tiles, and the shapes of what its steps hand on. */
export interface WinogradPlan {
  readonly size: WinogradSize
  /** Pixels of an input tile in each direction; its square is the number of products. */
  readonly extent: number
  readonly tilesDown: number
  readonly tilesAcross: number
  /** Tiles of all images. */
  readonly tiles: number
  readonly inputQuads: number
  /** Blocks of output channels. */
  readonly blocks: number
  /** Output channels of a block. */
  readonly block: number
  /** [extent^2, inputQuads, tiles, 4]: transformed input, four channels innermost. */
  readonly input: readonly [number, number, number, number]
  /** [extent^2, blocks, inputQuads * 4, block]: transformed weights. */
  readonly weights: readonly [number, number, number, number]
  /** [extent^2, blocks * block / 4, tiles, 4]: their products summed over the input channels. */
  readonly products: readonly [number, number, number, number]
}

/** Whether Winograd's algorithms compute a convolution: 3x3 taps, stride and dilation one. */
export const winogradApplies = ({ r, s, stride, dilation }: ConvolutionSpec): boolean =>
  r === TAPS && s === TAPS && [...stride, ...dilation].every((step) => step === 1)

/** The plan for tiles of `size` x `size` output pixels and blocks of `block` output channels, a multiple of 4. */
export function winogradPlan({ n, c, k, oh, ow }: ConvolutionSpec, size: WinogradSize, block: number): WinogradPlan {
  const extent = size + TAPS - 1
  const tilesDown = Math.ceil(oh / size)
  const tilesAcross = Math.ceil(ow / size)
  const tiles = n * tilesDown * tilesAcross
  const inputQuads = Math.ceil(c / CHANNELS)
  const blocks = Math.ceil(k / block)
  return {
    size,
    extent,
    tilesDown,
    tilesAcross,
    tiles,
    inputQuads,
    blocks,
    block,
    input: [extent ** 2, inputQuads, tiles, CHANNELS],
    weights: [extent ** 2, blocks, inputQuads * CHANNELS, block],
    products: [extent ** 2, (blocks * block) / CHANNELS, tiles, CHANNELS],
  }
}

/** WGSL of the sum of `names` weighted by a row of a matrix, without terms that vanish. */
export function weightedSum(row: readonly number[], names: readonly string[]): string {
  const terms = names.flatMap((name, i) => {
    const weight = row[i] ?? 0
    if (weight === 0) return []
    return [weight === 1 ? name : weight === -1 ? `-${name}` : `${float(weight)} * ${name}`]
  })
  return terms.length === 0 ? '0.0' : terms.join(' + ')
}

/** A WGSL literal of the float32 nearest to a number. */
export const float = (value: number): string => {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? text : `${text}.0`
}
