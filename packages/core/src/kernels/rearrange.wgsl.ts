import type { Shape } from '../shape.ts'
import { padToFour, sizeOf, stridesOf } from '../shape.ts'
import type { ConcatAttributes, PadAttributes, ShuffleAttributes, SliceAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, unflatten } from './kernel.ts'

/** One value per axis as a WGSL vector over four axes, with zeros for the leading ones. */
function vector(values: readonly number[], type: 'vec4u' | 'vec4i' = 'vec4u'): string {
  return `${type}(${[...Array<number>(4 - values.length).fill(0), ...values].join(', ')})`
}

/** Row-major strides of a shape as a WGSL vector. */
const strides = (shape: Shape, type: 'vec4u' | 'vec4i' = 'vec4u'): string => vector(stridesOf(padToFour(shape)), type)

/** A kernel that moves elements: one thread an element of the output; `value` is WGSL that declares it. */
function moveKernel(
  name: string,
  spec: KernelSpec,
  tail: Tail,
  value: string,
  inputs: readonly string[] = ['x'],
): Kernel {
  const output = padToFour(spec.output)
  return flatKernel(
    name,
    sizeOf(output),
    `${inputs.map((input, index) => binding(index, input)).join('\n')}
${tail.declarations(inputs.length)}`,
    `  ${unflatten('id', output)}
  ${value}
  finish(at, id, value);`,
  )
}

/** [n, c*f*f, h, w] to [n, c, h*f, w*f]. Bindings: 0 x, tail from 1. */
export function pixelShuffleKernel(spec: KernelSpec<ShuffleAttributes>, tail: Tail): Kernel {
  const { factor: f } = spec.attributes
  return moveKernel(
    'pixelShuffle',
    spec,
    tail,
    `let source = vec4u(at.x, at.y * ${f * f}u + (at.z % ${f}u) * ${f}u + at.w % ${f}u, at.zw / ${f}u);
  let value = x[dot(source, ${strides(spec.inputs[0] ?? [])})];`,
  )
}

/** [n, c, h*f, w*f] to [n, c*f*f, h, w]. Bindings: 0 x, tail from 1. */
export function pixelUnshuffleKernel(spec: KernelSpec<ShuffleAttributes>, tail: Tail): Kernel {
  const { factor: f } = spec.attributes
  return moveKernel(
    'pixelUnshuffle',
    spec,
    tail,
    `let source = vec4u(at.x, at.y / ${f * f}u, at.z * ${f}u + (at.y / ${f}u) % ${f}u, at.w * ${f}u + at.y % ${f}u);
  let value = x[dot(source, ${strides(spec.inputs[0] ?? [])})];`,
  )
}

/** The inputs one after the other along an axis. Bindings: the inputs, then the tail. */
export function concatKernel(spec: KernelSpec<ConcatAttributes>, tail: Tail): Kernel {
  const { axis } = spec.attributes
  const inner = sizeOf(spec.output.slice(axis + 1))
  const total = spec.output[axis] ?? 1
  const names = spec.inputs.map((_, index) => `x${index}`)
  let end = 0
  const branches = spec.inputs.map((input, index) => {
    const size = input[axis] ?? 1
    const start = end
    end += size
    const read = `{ value = x${index}[(outer * ${size}u + position - ${start}u) * ${inner}u + within]; }`
    return end === total ? read : `if (position < ${end}u) ${read}`
  })
  return moveKernel(
    'concat',
    spec,
    tail,
    `let within = id % ${inner}u;
  let position = (id / ${inner}u) % ${total}u;
  let outer = id / ${inner * total}u;
  var value: f32;
  ${branches.join('\n  else ')}`,
    names,
  )
}

/** A box of x. Bindings: 0 x, tail from 1. */
export function sliceKernel(spec: KernelSpec<SliceAttributes>, tail: Tail): Kernel {
  const source = `at + ${vector(spec.attributes.start)}`
  return moveKernel('slice', spec, tail, `let value = x[dot(${source}, ${strides(spec.inputs[0] ?? [])})];`)
}

/** x with elements added around. Bindings: 0 x, tail from 1. */
export function padKernel(spec: KernelSpec<PadAttributes>, tail: Tail): Kernel {
  const { before, mode } = spec.attributes
  const [input = []] = spec.inputs
  const last = vector(
    padToFour(input).map((size) => size - 1),
    'vec4i',
  )
  const inner = `let inner = vec4i(at) - ${vector(before, 'vec4i')};`
  const read = (source: string): string => `x[dot(${source}, ${strides(input, 'vec4i')})]`
  if (mode === 'zero') {
    return moveKernel(
      'pad zero',
      spec,
      tail,
      `${inner}
  var value = 0.0;
  if (all(inner >= vec4i(0)) && all(inner <= ${last})) { value = ${read('inner')}; }`,
    )
  }
  if (mode === 'edge') {
    return moveKernel(
      'pad edge',
      spec,
      tail,
      `${inner}
  let value = ${read(`clamp(inner, vec4i(0), ${last})`)};`,
    )
  }
  return moveKernel(
    'pad reflect',
    spec,
    tail,
    `${inner}
  let fromFirst = abs(inner);
  let value = ${read(`min(fromFirst, 2 * ${last} - fromFirst)`)};`,
  )
}

/** The transpose of pad: one thread an element of the unpadded tensor, over its images. Bindings: 0 dy, tail from 1. */
export function padGradientKernel(spec: KernelSpec<PadAttributes>, tail: Tail): Kernel {
  const { before, after, mode } = spec.attributes
  const [gradient = []] = spec.inputs
  const rank = spec.output.length
  const axes = spec.output.map(
    (size, axis): PaddedAxis => ({
      position: `i32(at[${4 - rank + axis}])`,
      name: `p${axis}`,
      size,
      before: before[axis] ?? 0,
      after: after[axis] ?? 0,
    }),
  )
  const padded = axes.filter((axis) => mode !== 'zero' && axis.before + axis.after > 0)
  const plain = axes
    .filter((axis) => !padded.includes(axis))
    .map((axis) => `let ${axis.name} = ${axis.position} + ${axis.before};`)
  const imagesOf = mode === 'edge' ? edgeImages : reflectedImages
  const index = stridesOf(gradient)
    .map((stride, axis) => `p${axis} * ${stride}`)
    .join(' + ')
  return moveKernel(
    `padGradient ${mode}`,
    spec,
    tail,
    `${plain.join('\n  ')}
  var value = 0.0;
  ${padded.map(imagesOf).join('\n  ')}
  value += dy[${index || '0'}];
  ${padded.map(() => '}').join(' ')}`,
    ['dy'],
  )
}

/** One axis of a padding: `name` is to run over the padded positions that come from `position`. */
interface PaddedAxis {
  readonly position: string
  readonly name: string
  readonly size: number
  readonly before: number
  readonly after: number
}

/** WGSL head of a loop over the images of a position where the edge is repeated. */
function edgeImages({ position, name, size, before, after }: PaddedAxis): string {
  const first = `select(${position} + ${before}, 0, ${position} == 0)`
  const last = `select(${position} + ${before}, ${size + before + after - 1}, ${position} == ${size - 1})`
  return `for (var ${name} = ${first}; ${name} <= ${last}; ${name}++) {`
}

/** WGSL head of a loop over a position and its mirror images at the first and the last element. */
function reflectedImages({ position, name, size, before, after }: PaddedAxis): string {
  const last = size - 1
  return `for (var mirror${name} = 0; mirror${name} < 3; mirror${name}++) {
  var ${name} = ${position} + ${before};
  if (mirror${name} == 1) {
    if (${position} == 0 || ${position} > ${before}) { continue; }
    ${name} = ${before} - ${position};
  } else if (mirror${name} == 2) {
    if (${position} == ${last} || ${position} < ${last - after}) { continue; }
    ${name} = ${before + 2 * last} - ${position};
  }`
}
