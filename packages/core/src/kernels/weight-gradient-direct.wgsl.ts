import { coordinate, OPAQUE_ZERO, stored, storedSize } from './conv2d-geometry.ts'
import type { ConvolutionSpec, WeightGradientAlgorithm } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'

const WORKGROUP_SIZE = 64
/** Threads that keep a processor or a graphics card busy: where the weights are fewer, the batch is split. */
const ENOUGH_THREADS = 1 << 14

/** One thread a weight and part of the batch: any convolution on any adapter. */
export const directWeightGradient: WeightGradientAlgorithm = {
  name: 'direct',
  partials,
  kernel: (spec, _adapter, tail) => directKernel(spec, tail),
}

function partials({ n, k, c, r, s }: ConvolutionSpec): number {
  return Math.max(1, Math.min(n, Math.floor(ENOUGH_THREADS / (k * c * r * s))))
}

function directKernel(spec: ConvolutionSpec, tail: Tail): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding } = spec
  const memory = storedSize(spec)
  const parts = partials(spec)
  const weights = k * c * r * s
  const count = parts * weights
  const { workgroups, linear } = dispatchFor(count, WORKGROUP_SIZE)
  return {
    name: `weight-gradient direct, ${parts} parts`,
    workgroups,
    wgsl: `${binding(0, 'x')}
${binding(1, 'dy')}
${tail.declarations(2)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${count}u) { return; }
  let part = id / ${weights}u;
  let tx = id % ${s}u;
  let ty = (id / ${s}u) % ${r}u;
  let into = (id / ${r * s}u) % ${c}u;
  let out = (id / ${c * r * s}u) % ${k}u;
  var sum = 0.0;
  for (var image = part; image < ${n}u; image += ${parts}u) {
    for (var oy = ${OPAQUE_ZERO}; oy < ${oh}u; oy++) {
      let iy = ${coordinate('oy', 'ty', stride[0], dilation[0], padding.top)};
      if (iy < 0 || iy >= ${h}) { continue; }
      let row = ((image * ${c}u + into) * ${memory.h}u + u32(${stored('iy', spec)})) * ${memory.w}u;
      let gradientRow = ((image * ${k}u + out) * ${oh}u + oy) * ${ow}u;
      for (var ox = ${OPAQUE_ZERO}; ox < ${ow}u; ox++) {
        let ix = ${coordinate('ox', 'tx', stride[1], dilation[1], padding.left)};
        if (ix < 0 || ix >= ${w}) { continue; }
        sum += x[row + u32(${stored('ix', spec)})] * dy[gradientRow + ox];
      }
    }
  }
  finish(vec4u(0u, 0u, part, id % ${weights}u), id, sum);
}`,
  }
}
