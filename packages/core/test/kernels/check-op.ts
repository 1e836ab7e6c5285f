import { expect } from 'vitest'
import type { Head, Kernel, KernelSpec, Tail } from '../../src/kernels/kernel.ts'
import { binding, storeTail } from '../../src/kernels/kernel.ts'
import type { Values } from '../../src/reference/values.ts'
import type { Shape } from '../../src/shape.ts'
import { showShape, sizeOf } from '../../src/shape.ts'
import { adapterTraits, runKernel } from './run-kernel.ts'

/** Largest error of a float32 kernel, relative to the largest magnitude of the result. */
const TOLERANCE = 1e-4

/** One op under test: its meaning, its kernel, and whether it only moves values. */
export interface OpUnderTest<Attributes> {
  readonly name: string
  readonly reference: (inputs: readonly Values[], attributes: Attributes) => Values
  readonly kernel: (spec: KernelSpec<Attributes>, tail: Tail) => Kernel
  readonly exact?: boolean
}

/** A head that only loads input 0. */
export const loadHead: Head = {
  declarations: `${binding(0, 'x')}\nfn load(i: u32) -> f32 { return x[i]; }`,
  bindings: 1,
}

/** A tail that stores only where `at` and `i` name the same element of the output. */
export function checkingTail(output: Shape): Tail {
  const [, c = 1, h = 1, w = 1] = [...Array<number>(4 - output.length).fill(1), ...output]
  return {
    declarations: (firstBinding) => `${binding(firstBinding, 'out')}
fn finish(at: vec4u, i: u32, value: f32) {
  let told = ((at.x * ${c}u + at.y) * ${h}u + at.z) * ${w}u + at.w;
  if (told == i) { out[i] = value; }
}`,
  }
}

/** Random whole numbers a quarter apart in [-2, 2]: exact in float32, with ties. */
export function coarseValues(shape: Shape, random: () => number): Values {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.round(random() * 16 - 8) / 4) }
}

/** Random values in [-1, 1] that float32 holds exactly. */
export function fineValues(shape: Shape, random: () => number): Values {
  return { shape, data: Float64Array.from(Float32Array.from({ length: sizeOf(shape) }, () => random() * 2 - 1)) }
}

/** Runs the kernel of an op on values. */
export async function runOp<Attributes>(
  op: OpUnderTest<Attributes>,
  inputs: readonly Values[],
  attributes: Attributes,
  output: Shape,
  tail: Tail = storeTail,
): Promise<Float32Array> {
  const kernel = op.kernel(
    { inputs: inputs.map(({ shape }) => shape), output, attributes, adapter: await adapterTraits() },
    tail,
  )
  return runKernel(
    kernel,
    inputs.map(({ data }) => Float32Array.from(data)),
    sizeOf(output),
  )
}

/** Expects the kernel to agree with the reference; the message names op, shapes and attributes. */
export async function expectAgreement<Attributes>(
  op: OpUnderTest<Attributes>,
  inputs: readonly Values[],
  attributes: Attributes,
): Promise<void> {
  const expected = op.reference(inputs, attributes)
  const actual = await runOp(op, inputs, attributes, expected.shape, checkingTail(expected.shape))
  const what = `${op.name} of ${inputs.map(({ shape }) => showShape(shape)).join(' and ')} with ${JSON.stringify(attributes)}`
  expectClose(actual, expected.data, op.exact ? 0 : TOLERANCE, what)
}

/** Expects two arrays to differ by at most `tolerance` times the largest magnitude expected. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, what).toBe(expected.length)
  const scale = Math.max(1e-6, ...Array.from(expected, Math.abs))
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, e = NaN] = [actual[i], expected[i]]
    if (!(Math.abs(a - e) <= tolerance * scale)) expect.fail(`${what}: element ${i} is ${a}, expected ${e}`)
  }
}

/** A small generator of numbers in [0, 1) for test data (a multiplicative congruential one, Park and Miller 1988). */
export function seeded(seed: number): () => number {
  let state = (seed * 48271 + 1) % 2147483647 || 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
