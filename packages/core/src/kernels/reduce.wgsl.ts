import type { Shape } from '../shape.ts'
import { padToFour, sizeOf, stridesOf } from '../shape.ts'
import type { ReduceAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Head, Kernel, KernelSpec, Tail } from './kernel.ts'
import { dispatchFor, unflatten } from './kernel.ts'
import { extremeOf } from './nan.ts'

/** Threads that share one element of the output. */
const LANES = 64
/** Threads that combine the others' values before one combines theirs: two barriers compile faster than a tree's six. */
const GROUPS = 8
/** Elements that one thread reduces alone; above, a workgroup does. */
const ALONE = 64
/** With this many outputs the device is busy without sharing, up to ALONE_AT_MOST elements each. */
const MANY_OUTPUTS = 8192
const ALONE_AT_MOST = 512
/** The same for processors, whose few cores are busy sooner, and where waiting for each other costs more than a long sum. */
const MANY_OUTPUTS_ON_PROCESSOR = 256
const ALONE_AT_MOST_ON_PROCESSOR = 4096

/** WGSL of combining two values. */
const combine = (kind: ReduceAttributes['kind'], a: string, b: string, type: 'f32' | 'vec4f'): string =>
  kind === 'sum' ? `${a} + ${b}` : `extreme_${type}(${a}, ${b})`

/** WGSL functions that `combine` calls. */
const combiners = (kind: ReduceAttributes['kind']): string =>
  kind === 'sum'
    ? ''
    : (['f32', 'vec4f'] as const)
        .map(
          (type) =>
            `fn extreme_${type}(a: ${type}, b: ${type}) -> ${type} { return ${extremeOf(kind, 'a', 'b', type)}; }`,
        )
        .join('\n')

/** Sizes and strides of the reduced axes, neighbours merged. */
function reducedAxes(input: Shape, axes: readonly number[]): { size: number; stride: number }[] {
  const strides = stridesOf(input)
  const merged: { size: number; stride: number }[] = []
  input.forEach((size, axis) => {
    if (!axes.includes(axis) || size === 1) return
    const stride = strides[axis] ?? 1
    const outer = merged.at(-1)
    if (outer && outer.stride === size * stride) merged[merged.length - 1] = { size: outer.size * size, stride }
    else merged.push({ size, stride })
  })
  return merged
}

/** WGSL of where the r-th reduced element lies, relative to the first. */
function offsetOf(r: string, axes: readonly { size: number; stride: number }[]): string {
  let below = 1
  const terms = axes.toReversed().map(({ size, stride }, index) => {
    const quotient = below === 1 ? r : `(${r} / ${below}u)`
    const position = index === axes.length - 1 ? quotient : `(${quotient} % ${size}u)`
    below *= size
    return `${position} * ${stride}u`
  })
  return terms.join(' + ') || '0u'
}

/** WGSL of combining the four components of a vector. */
function combinedComponents(kind: ReduceAttributes['kind'], vector: string): string {
  const half = (a: string, b: string): string => combine(kind, `${vector}.${a}`, `${vector}.${b}`, 'f32')
  const [low, high] = [half('x', 'y'), half('z', 'w')]
  return combine(kind, kind === 'sum' ? `(${low})` : low, kind === 'sum' ? `(${high})` : high, 'f32')
}

/**
 * Sum, minimum or maximum over axes, in a fixed order; four elements at once where they lie side by side.
 * Bindings: the head's, then the tail's.
 */
export function reduceKernel(spec: KernelSpec<ReduceAttributes>, tail: Tail, head: Head): Kernel {
  const { kind, axes } = spec.attributes
  const [input = []] = spec.inputs
  const reduced = reducedAxes(input, axes)
  const innermost = reduced.at(-1)
  const wide = innermost?.stride === 1 && innermost.size % 4 === 0 ? head.wideDeclarations : undefined
  const type = wide === undefined ? 'f32' : 'vec4f'
  const each = wide === undefined ? 1 : 4
  const count = reduced.reduce((product, { size }) => product * size, 1) / each
  const outputs = sizeOf(spec.output)
  const output = padToFour(spec.output)
  const declarations = `${wide ?? head.declarations}
${tail.declarations(head.bindings)}
${combiners(kind)}`
  const locate = `${unflatten('id', output)}
  let first = dot(at, vec4u(${stridesOf(padToFour(input)).join(', ')}));`
  const combined = (other: string): string => combine(kind, 'value', other, type)
  const offset = (r: string): string => offsetOf(each === 1 ? r : `(${r} * 4u)`, reduced)
  const step = (r: string): string => `value = ${combined(`load(first + ${offset(r)})`)};`
  const finish = `finish(at, id, ${wide === undefined ? 'value' : combinedComponents(kind, 'value')});`

  const [many, most] =
    spec.adapter.kind === 'software'
      ? [MANY_OUTPUTS_ON_PROCESSOR, ALONE_AT_MOST_ON_PROCESSOR]
      : [MANY_OUTPUTS, ALONE_AT_MOST]
  if (count <= ALONE || (outputs >= many && count <= most)) {
    return flatKernel(
      `reduce ${kind} alone`,
      outputs,
      declarations,
      `  ${locate}
  var value = load(first);
  for (var r = 1u; r < ${count}u; r++) { ${step('r')} }
  ${finish}`,
    )
  }

  const { workgroups } = dispatchFor(outputs, 1)
  const wgsl = `${declarations}

var<workgroup> lanes: array<${type}, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let id = group.y * ${workgroups[0]}u + group.x;
  ${locate}
  var value = load(first + ${offset('lane')});
  for (var r = lane + ${LANES}u; r < ${count}u; r += ${LANES}u) { ${step('r')} }
  lanes[lane] = value;
  workgroupBarrier();
  if (lane < ${GROUPS}u) {
    for (var other = lane + ${GROUPS}u; other < ${LANES}u; other += ${GROUPS}u) { value = ${combined('lanes[other]')}; }
    lanes[lane] = value;
  }
  workgroupBarrier();
  if (lane == 0u && id < ${outputs}u) {
    for (var other = 1u; other < ${GROUPS}u; other++) { value = ${combined('lanes[other]')}; }
    ${finish}
  }
}
`
  return { name: `reduce ${kind} shared by ${LANES}`, wgsl, workgroups }
}
