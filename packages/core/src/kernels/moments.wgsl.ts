import { padToFour, type Shape } from '../shape.ts'
import type { MomentAttributes, PartialMomentAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import { binding, type Kernel, type KernelSpec, type Tail } from './kernel.ts'

/** Values of a channel that one thread takes where its part is free to choose. */
const SEGMENT = 1024

/** What parts of a channel are described by: how many values, their mean, and the sum of squared distances from it. */
export const PARTIAL_PLANES = 3

/** In how many parts a thread each should take a channel of x [n, c, h, w]. */
export function usualParts(x: Shape): number {
  const [n, , h, w] = padToFour(x)
  return Math.ceil((n * h * w) / SEGMENT)
}

/**
 * Number, mean and squared distances of each part of each channel: x [n, c, h, w] to [3, c, parts]. A part is read once; its
 * sums are of the distances from its first value, which cost no digits where the mean is far from 0.
 * Bindings: 0 x, tail from 1.
 */
export function partialMomentsKernel(
  { inputs, attributes: { parts } }: KernelSpec<PartialMomentAttributes>,
  tail: Tail,
): Kernel {
  const [n, c, h, w] = padToFour(inputs[0] ?? [])
  const plane = h * w
  const each = plane % 4 === 0 ? 4 : 1
  const length = Math.ceil((n * plane) / parts / each) * each
  const type = each === 4 ? 'vec4f' : 'f32'
  const total = (name: string): string => (each === 4 ? `dot(${name}, vec4f(1.0))` : name)
  return flatKernel(
    'partial moments',
    c * parts,
    `${binding(0, 'x', type)}
${tail.declarations(1)}
fn valueAt(channel: u32, i: u32) -> ${type} {
  return x[((i / ${plane}u * ${c}u + channel) * ${plane}u + i % ${plane}u) / ${each}u];
}
fn put(plane: u32, channel: u32, part: u32, value: f32) {
  finish(vec4u(0u, plane, channel, part), (plane * ${c}u + channel) * ${parts}u + part, value);
}`,
    `  let channel = id / ${parts}u;
  let part = id % ${parts}u;
  let begin = min(part * ${length}u, ${n * plane}u);
  let end = min(begin + ${length}u, ${n * plane}u);
  let pivot = valueAt(channel, min(begin, ${n * plane - each}u))${each === 4 ? '.x' : ''};
  var sum = ${type}();
  var squares = ${type}();
  for (var i = begin; i < end; i += ${each}u) {
    let distance = valueAt(channel, i) - pivot;
    sum += distance;
    squares += distance * distance;
  }
  let offset = ${total('sum')} / max(f32(end - begin), 1.0);
  put(0u, channel, part, f32(end - begin));
  put(1u, channel, part, pivot + offset);
  put(2u, channel, part, max(${total('squares')} - ${total('sum')} * offset, 0.0));`,
  )
}

/**
 * Mean or variance of each channel from its parts [3, c, parts] (Chan, Golub and LeVeque 1979, by way of the common mean).
 * Bindings: 0 parts, tail from 1.
 */
export function momentKernel(spec: KernelSpec<MomentAttributes>, tail: Tail): Kernel {
  const [planes, c = 1, parts = 1] = spec.inputs[0] ?? []
  if (planes !== PARTIAL_PLANES) throw new RangeError(`expected ${PARTIAL_PLANES} planes, got ${planes}`)
  const { which } = spec.attributes
  return flatKernel(
    `${which} of parts`,
    c,
    `${binding(0, 'parts')}
${tail.declarations(1)}`,
    `  let counts = id * ${parts}u;
  let means = counts + ${c * parts}u;
  let squares = means + ${c * parts}u;
  let pivot = parts[means];
  var count = 0.0;
  var sum = 0.0;
  for (var i = 0u; i < ${parts}u; i++) {
    count += parts[counts + i];
    sum += parts[counts + i] * (parts[means + i] - pivot);
  }
  let mean = pivot + sum / count;
${
  which === 'mean'
    ? '  finish(vec4u(0u, id, 0u, 0u), id, mean);'
    : `  var total = 0.0;
  for (var i = 0u; i < ${parts}u; i++) {
    let distance = parts[means + i] - mean;
    total += parts[squares + i] + parts[counts + i] * distance * distance;
  }
  finish(vec4u(0u, id, 0u, 0u), id, total / count);`
}`,
  )
}
