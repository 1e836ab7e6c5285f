import type { ConvolutionSpec } from '../../packages/core/src/kernels/convolution.ts'
import type { Kernel } from '../../packages/core/src/kernels/kernel.ts'

/** What one workgroup of a convolution's kernel needs and does. */
export interface TileFacts {
  readonly threads: number
  /** Of workgroup memory. */
  readonly workgroupBytes: number
  /** 32-bit registers of a thread: an estimate. */
  readonly registers: number
  readonly multiplyAdds: number
  /** Bytes that come from storage, out of whichever cache. */
  readonly loadedBytes: number
  /** Bytes that its threads read from workgroup memory, or from the first cache where it uses none. */
  readonly nearBytes: number
}

const BYTES = 4

/** Registers for operands, addresses and counters, besides the sums. */
const OTHER_REGISTERS = 32

/**
 * The facts of a kernel that multiplies: tile sizes are in its name, threads, memory and sums in its text. Undefined for kernels
 * that are none of these.
 */
export function tileFacts(kernel: Kernel, spec: ConvolutionSpec): TileFacts | undefined {
  const { name, wgsl } = kernel
  const { n, c, r, s, oh, ow } = spec
  const threads = Number(/@workgroup_size\((\d+)\)/.exec(wgsl)?.[1])
  const own = { threads, workgroupBytes: workgroupBytes(wgsl), registers: sums(wgsl) + OTHER_REGISTERS }

  const [, block] = /^direct (\d+)/.exec(name) ?? []
  if (block !== undefined) {
    const channels = Number(block)
    const products = c * r * s
    return {
      ...own,
      multiplyAdds: threads * channels * products,
      // Each thread its own pixel, all of them the same weights.
      loadedBytes: BYTES * (threads + channels) * products,
      nearBytes: BYTES * threads * (1 + channels) * products,
    }
  }

  const [, parts] = /^weight-gradient direct, (\d+) parts/.exec(name) ?? []
  if (parts !== undefined) {
    const products = Math.ceil(n / Number(parts)) * oh * ow
    return {
      ...own,
      multiplyAdds: threads * products,
      // Each thread its own input, all of them the same gradient of the output.
      loadedBytes: BYTES * (threads + 1) * products,
      nearBytes: BYTES * threads * 2 * products,
    }
  }

  const [, outputs, taps, pixels] = /^weight-gradient gemm (\d+)x(\d+), \d+ parts of (\d+) pixels/.exec(name) ?? []
  if (outputs !== undefined && taps !== undefined && pixels !== undefined) {
    const [down, across] = [Number(outputs), Number(taps)]
    return {
      ...own,
      multiplyAdds: down * across * Number(pixels),
      loadedBytes: BYTES * (down + across) * Number(pixels),
      nearBytes: 4 * BYTES * threads * vectorReads(wgsl) * Number(pixels),
    }
  }

  const [, rows, columns] = /^(?:gemm|winograd \d product tiles) (\d+)x(\d+)/.exec(name) ?? []
  if (rows === undefined || columns === undefined) return undefined
  const [down, across] = [Number(rows), Number(columns)]
  // Both tiles are as deep as fills the workgroup memory that they share.
  const depth = own.workgroupBytes / BYTES / (down + across)
  const products = Math.ceil((name.startsWith('gemm') ? c * r * s : c) / depth) * depth
  const sumsOfThread = (down * across) / threads
  const downOfThread = down / THREADS_DOWN
  return {
    ...own,
    multiplyAdds: down * across * products,
    loadedBytes: BYTES * (down + across) * products,
    nearBytes: BYTES * threads * (downOfThread + sumsOfThread / downOfThread) * products,
  }
}

/** Rows of threads in the tiled kernels of 32 rows and more. */
const THREADS_DOWN = 8

/** In 32-bit words; vectors of three are aligned as those of four. */
const SIZES: Readonly<Record<string, number>> = { f32: 1, vec2f: 2, vec3i: 4, vec4f: 4 }

const workgroupBytes = (wgsl: string): number =>
  [...wgsl.matchAll(/var<workgroup> \w+: array<(\w+), (\d+)>/g)].reduce(
    (total, [, type = '', count]) => total + BYTES * (SIZES[type] ?? 1) * Number(count),
    0,
  )

/** Vectors that a thread reads from the tiles for its products. */
const vectorReads = (wgsl: string): number => [...wgsl.matchAll(/let [ab]\d = \w+Tile\[/g)].length

const sums = (wgsl: string): number =>
  [...wgsl.matchAll(/var sum\w* = (vec4f|f32)?/g)].reduce((total, [, type = 'f32']) => total + (SIZES[type] ?? 1), 0)
