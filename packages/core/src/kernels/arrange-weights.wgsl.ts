import { padToFour, type Shape, sizeOf } from '../shape.ts'
import { binding, dispatchFor, type Kernel, type KernelSpec, type Tail, unflatten } from './kernel.ts'

export interface ArrangeAttributes {
  /** Output channels that lie side by side, innermost; absent for plain OIHW. */
  readonly block?: number
  /** For the input gradient: in and out channels change places and the taps are flipped. */
  readonly transposed: boolean
}

const WORKGROUP_SIZE = 64

/** Shape of arranged weights [k, c, r, s]: [ceil(k/block), c, r*s, block], or [k, c, r, s] when block is 0; with k and c swapped when transposed. */
export function arrangedShape(weights: Shape, { block = 0, transposed }: ArrangeAttributes): Shape {
  const [k, c, r, s] = padToFour(weights)
  const [outputs, inputs] = transposed ? [c, k] : [k, c]
  return block === 0 ? [outputs, inputs, r, s] : [Math.ceil(outputs / block), inputs, r * s, block]
}

/** Weights [k, c, r, s] as a forward algorithm wants them: blocks of output channels, the last one filled with zeros. */
export function arrangeWeightsKernel(spec: KernelSpec<ArrangeAttributes>, tail: Tail): Kernel {
  const { block = 0, transposed } = spec.attributes
  const [k, c, r, s] = padToFour(spec.inputs[0] ?? [])
  const output = padToFour(arrangedShape([k, c, r, s], spec.attributes))
  const count = sizeOf(output)
  const taps = r * s
  const { workgroups, linear } = dispatchFor(count, WORKGROUP_SIZE)
  const outputs = transposed ? c : k
  const place =
    block === 0
      ? `let channel = at.x;\n  let tap = at.z * ${s}u + at.w;`
      : `let channel = at.x * ${block}u + at.w;\n  let tap = at.z;`
  const source = transposed
    ? `(at.y * ${c}u + channel) * ${taps}u + (${taps - 1}u - tap)`
    : `(channel * ${c}u + at.y) * ${taps}u + tap`
  return {
    name: `arrange-weights ${block}${transposed ? ' transposed' : ''}`,
    workgroups,
    wgsl: `${binding(0, 'w')}
${tail.declarations(1)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u) {
  ${linear}
  if (id >= ${count}u) { return; }
  ${unflatten('id', output)}
  ${place}
  var value = 0.0;
  if (channel < ${outputs}u) { value = w[${source}]; }
  finish(at, id, value);
}`,
  }
}
