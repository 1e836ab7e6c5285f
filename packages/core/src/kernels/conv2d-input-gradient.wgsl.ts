import { padToFour } from '../shape.ts'
import { OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { Conv2dAttributes } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type KernelSpec, type Tail, unflatten } from './kernel.ts'

export type Conv2dInputGradientAttributes = Conv2dAttributes & {
  /** Height and width of the input. */
  readonly size: readonly [number, number]
}

const WORKGROUP_SIZE = 64

/**
 * Gradient of a convolution's input, each element gathered by one thread: any stride, dilation and padding.
 * Bindings: 0 dy [n, k, oh, ow], 1 weights [k, c, r, s], tail from 2.
 */
export function conv2dInputGradientKernel(spec: KernelSpec<Conv2dInputGradientAttributes>, tail: Tail): Kernel {
  const {
    stride,
    dilation,
    padding,
    size: [h, w],
  } = spec.attributes
  const [n, k, oh, ow] = padToFour(spec.inputs[0] ?? [])
  const [, c, r, s] = padToFour(spec.inputs[1] ?? [])
  const count = n * c * h * w
  const { workgroups, linear } = dispatchFor(count, WORKGROUP_SIZE)
  /** Leaves the tap unless some output position `name` read this input position through it. */
  const position = (
    name: string,
    from: string,
    tap: string,
    step: number,
    spread: number,
    before: number,
    limit: number,
  ): string =>
    `let ${name}Scaled = i32(${from}) + ${before} - i32(${tap}) * ${spread};
      if (${name}Scaled < 0 || ${name}Scaled % ${step} != 0 || ${name}Scaled / ${step} >= ${limit}) { continue; }
      let ${name} = u32(${name}Scaled / ${step});`
  return {
    name: 'conv2d-input-gradient direct',
    workgroups,
    wgsl: `${binding(0, 'dy')}
${binding(1, 'weights')}
${tail.declarations(2)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${count}u) { return; }
  ${unflatten('id', [n, c, h, w])}
  var sum = 0.0;
  for (var ty = ${OPAQUE_ZERO}; ty < ${r}u; ty++) {
      ${position('oy', 'at.z', 'ty', stride[0], dilation[0], padding.top, oh)}
    for (var tx = ${OPAQUE_ZERO}; tx < ${s}u; tx++) {
      ${position('ox', 'at.w', 'tx', stride[1], dilation[1], padding.left, ow)}
      for (var out = ${OPAQUE_ZERO}; out < ${k}u; out++) {
        sum += dy[((at.x * ${k}u + out) * ${oh}u + oy) * ${ow}u + ox] * weights[(out * ${c}u + at.y) * ${r * s}u + ty * ${s}u + tx];
      }
    }
  }
  finish(at, id, sum);
}`,
  }
}
