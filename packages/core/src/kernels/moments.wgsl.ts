import { padToFour, type Shape, sizeOf } from '../shape.ts'
import type { MomentAttributes, PartialMomentAttributes } from './attributes.ts'
import { dispatchGroups } from './conv2d-geometry.ts'
import { flatKernel } from './flat.ts'
import { type AdapterTraits, binding, type Kernel, type KernelSpec, type Tail } from './kernel.ts'

/** Threads of a graphics card that share a sum. A processor's threads work alone: waiting for each other costs them more. */
const LANES = 64
/** Values of a channel that one thread takes where its part is free to choose. */
const EACH_ALONE = 1024
const EACH_SHARED = 64

/** What parts of a channel are described by: how many values, their mean, and the sum of squared distances from it. */
export const PARTIAL_PLANES = 3

const lanesOf = ({ kind }: AdapterTraits): number => (kind === 'hardware' ? LANES : 1)

/** In how many parts `partialMomentsKernel` should take a channel of x [n, c, h, w]. */
export function usualParts(x: Shape, adapter: AdapterTraits): number {
  const [n, , h, w] = padToFour(x)
  const lanes = lanesOf(adapter)
  return Math.ceil((n * h * w) / (lanes * (lanes === 1 ? EACH_ALONE : EACH_SHARED)))
}

/**
 * A kernel that makes `count` sums over many values, `lanes` threads each. The body is WGSL over `id: u32`, which sum, and
 * `lane: u32`, which thread of it; all its threads must reach each `joined(value: vec2f) -> vec2f`, the sum over them.
 */
function sumsKernel(name: string, count: number, lanes: number, declarations: string, body: string): Kernel {
  if (lanes === 1) {
    const alone = `${declarations}
fn joined(value: vec2f, lane: u32) -> vec2f { return value; }`
    return flatKernel(name, count, alone, `  let lane = 0u;\n${body}`)
  }
  const { workgroups, text } = dispatchGroups(count)
  return {
    name: `${name} shared by ${lanes}`,
    workgroups,
    wgsl: `${declarations}
var<workgroup> values: array<vec2f, ${lanes}>;
fn joined(value: vec2f, lane: u32) -> vec2f {
  workgroupBarrier();
  values[lane] = value;
  workgroupBarrier();
  var sum = vec2f();
  for (var i = 0u; i < ${lanes}u; i++) { sum += values[i]; }
  return sum;
}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  ${text}
  let id = group;
${body}
}`,
  }
}

/**
 * Number, mean and squared distances of each part of each channel: x [n, c, h, w] to [3, c, parts]. A part is read once; its
 * sums are of the distances from its first value, which cost no digits where the mean is far from 0.
 * Bindings: 0 x, tail from 1.
 */
export function partialMomentsKernel(
  { inputs, attributes: { parts }, adapter }: KernelSpec<PartialMomentAttributes>,
  tail: Tail,
): Kernel {
  const x = padToFour(inputs[0] ?? [])
  const [, c, h, w] = x
  const plane = h * w
  const values = sizeOf(x) / c
  const lanes = lanesOf(adapter)
  const each = plane % 4 === 0 ? 4 : 1
  const length = Math.ceil(values / parts / each) * each
  const type = each === 4 ? 'vec4f' : 'f32'
  const total = (name: string): string => (each === 4 ? `dot(${name}, vec4f(1.0))` : name)
  return sumsKernel(
    'partial moments',
    c * parts,
    lanes,
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
  let begin = min(part * ${length}u, ${values}u);
  let end = min(begin + ${length}u, ${values}u);
  let pivot = valueAt(channel, min(begin, ${values - each}u))${each === 4 ? '.x' : ''};
  var sum = ${type}();
  var squares = ${type}();
  for (var i = begin + lane * ${each}u; i < end; i += ${lanes * each}u) {
    let distance = valueAt(channel, i) - pivot;
    sum += distance;
    squares += distance * distance;
  }
  let totals = joined(vec2f(${total('sum')}, ${total('squares')}), lane);
  let offset = totals.x / max(f32(end - begin), 1.0);
  if (lane == 0u) {
    put(0u, channel, part, f32(end - begin));
    put(1u, channel, part, pivot + offset);
    put(2u, channel, part, max(totals.y - totals.x * offset, 0.0));
  }`,
  )
}

/**
 * Mean or variance of each channel from its parts [3, c, parts] (Chan, Golub and LeVeque 1979, by way of the common mean).
 * Bindings: 0 parts, tail from 1.
 */
export function momentKernel({ inputs, attributes, adapter }: KernelSpec<MomentAttributes>, tail: Tail): Kernel {
  const [, c = 1, parts = 1] = inputs[0] ?? []
  const lanes = lanesOf(adapter)
  const overParts = (statement: string): string => `for (var i = lane; i < ${parts}u; i += ${lanes}u) { ${statement} }`
  return sumsKernel(
    `${attributes.which} of parts`,
    c,
    lanes,
    `${binding(0, 'parts')}
${tail.declarations(1)}`,
    `  let counts = id * ${parts}u;
  let means = counts + ${c * parts}u;
  let squares = means + ${c * parts}u;
  let pivot = parts[means];
  var sums = vec2f();
  ${overParts('sums += parts[counts + i] * vec2f(1.0, parts[means + i] - pivot);')}
  let counted = joined(sums, lane);
  let mean = pivot + counted.y / counted.x;
${
  attributes.which === 'mean'
    ? '  let moment = mean;'
    : `  var distances = 0.0;
  ${overParts('let distance = parts[means + i] - mean; distances += parts[squares + i] + parts[counts + i] * distance * distance;')}
  let moment = joined(vec2f(distances, 0.0), lane).x / counted.x;`
}
  if (lane == 0u) { finish(vec4u(0u, id, 0u, 0u), id, moment); }`,
  )
}
