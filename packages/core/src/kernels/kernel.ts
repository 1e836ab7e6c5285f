import type { Shape } from '../shape.ts'

/** What a kernel generator may know of the adapter that its text will run on. */
export interface AdapterTraits {
  /** A processor pretending to be a GPU (lavapipe, SwiftShader), or a real one. */
  readonly kind: 'hardware' | 'software'
  /** Lowercase vendor and architecture as WebGPU reports them, for example 'mesa' or 'nvidia'. */
  readonly vendor: string
  readonly architecture: string
  /** Sizes that a subgroup can have; absent when the adapter offers no subgroups. Never assume one. */
  readonly subgroups?: { readonly min: number; readonly max: number }
  readonly f16: boolean
  readonly maxWorkgroupInvocations: number
  readonly maxWorkgroupStorageBytes: number
  readonly maxStorageBuffers: number
}

/** What a kernel is made for. Shapes become constants of its text. */
export interface KernelSpec<Attributes = unknown> {
  readonly inputs: readonly Shape[]
  readonly output: Shape
  readonly attributes: Attributes
  readonly adapter: AdapterTraits
}

/** One compute shader: complete WGSL with an entry point `main`, and how many workgroups to dispatch. */
export interface Kernel {
  /** Algorithm and tile sizes, for profiles and error messages. */
  readonly name: string
  readonly wgsl: string
  /** Each at most 65,535: fold with `dispatchFor` when there may be more. */
  readonly workgroups: readonly [number, number, number]
}

/** Windows side by side, in rows of an even number of them, whose maxima or places a kernel gives at once. Default 1. */
export type Together = 1 | 2

/** What a kernel can give beside its own values. */
export type BesideKind = 'moments' | 'maxima' | 'argmax'

/**
 * What happens to each finished element of a kernel: the element-wise operations fused behind it, then its stores.
 * The kernel binds its own inputs at 0..n-1, puts `tail.declarations(n)` in its text and calls, once for every element
 * of its output, `finish(at, i, value)`.
 */
export interface Tail {
  /** Bindings from `firstBinding` on and `fn finish(at: vec4u, i: u32, value: f32)`; `at` is (n, c, y, x) of the output, with leading zeros below rank four, `i` its row-major index. */
  declarations(firstBinding: number, together?: Together): string
  /** The same for four neighbours in a row at once: `fn finish(at: vec4u, i: u32, value: vec4f)`, whose first has `at.w % 4 == 0`; absent where shapes or shared buffers do not allow it. */
  wideDeclarations?(firstBinding: number, together?: Together): string
  /**
   * What is wanted beside the kernel's own values; undefined for nothing.
   * - `moments`, those of what is stored: `finish` returns the value, and the kernel calls
   *   `moments(channel: u32, part: u32, count: f32, mean: f32, squares: f32)` once for each part of each channel, where
   *   `squares` is the sum of squared distances from the mean.
   * - `maxima`, those of the windows of 2x2 that what is stored is tiled by: `finish` returns the value, and the kernel calls
   *   `maximum(i: u32, value: f32)` once for each window, `i` its row-major index.
   * - `argmax`, where in each window the largest value is: the kernel calls `argmax(i: u32, place: f32)` once for each window.
   *
   * A kernel that gives two windows `together` calls these with `vec2f` for both and an even `i`.
   */
  readonly beside?: ReadonlySet<BesideKind>
}

/** Where a reduction's elements come from: an input, or the element-wise operations fused before it. */
export interface Head {
  /** The same for four neighbours in a row at once: `fn load(i: u32) -> vec4f`, with `i % 4 == 0`; absent where shapes do not allow it. */
  readonly wideDeclarations?: string
  /** Bindings from 0 on and `fn load(i: u32) -> f32` of the row-major index in the shape that is reduced. */
  readonly declarations: string
  /** How many bindings it takes. */
  readonly bindings: number
}

/**
 * Bytes of the largest element that memory is bound as, vec4f: every binding has at least these, also one of a single number.
 * WebGPU asks it of what a kernel declares, and wgpu of all kernels that share a layout.
 */
export const LEAST_BINDING_BYTES = 16

/** The declaration of a storage binding. Everything is bound read_write, since all tensors live in one arena. */
export function binding(index: number, name: string, element: 'f32' | 'u32' | 'vec2f' | 'vec4f' = 'f32'): string {
  return `@group(0) @binding(${index}) var<storage, read_write> ${name}: array<${element}>;`
}

/** A tail that only stores: output bound at `firstBinding`. For tests and benchmarks of a kernel alone. */
export const storeTail: Tail = {
  declarations: (firstBinding) => `${binding(firstBinding, 'out')}
fn finish(at: vec4u, i: u32, value: f32) { out[i] = value; }`,
  wideDeclarations: (firstBinding) => `${binding(firstBinding, 'out', 'vec4f')}
fn finish(at: vec4u, i: u32, value: vec4f) { out[i / 4u] = value; }`,
}

const MAX_WORKGROUPS_PER_DIMENSION = 65535

/** Dispatch for one flat index: the `linear` text gives `let id: u32` from `global_invocation_id` for any count, folded into rows when one dimension does not suffice. */
export function dispatchFor(
  count: number,
  workgroupSize: number,
): { workgroups: [number, number, number]; linear: string } {
  const groups = Math.ceil(count / workgroupSize)
  const x = Math.min(groups, MAX_WORKGROUPS_PER_DIMENSION)
  const y = Math.ceil(groups / x)
  return {
    workgroups: [x, y, 1],
    linear: y === 1 ? 'let id = global.x;' : `let id = global.y * ${x * workgroupSize}u + global.x;`,
  }
}

/** WGSL statements that split row-major index `i` into `at = vec4u(n, c, y, x)` for a shape of rank four. */
export function unflatten(i: string, shape: readonly [number, number, number, number], at = 'at'): string {
  const [, c, h, w] = shape
  return `let ${at} = vec4u(${i} / ${c * h * w}u, (${i} / ${h * w}u) % ${c}u, (${i} / ${w}u) % ${h}u, ${i} % ${w}u);`
}
