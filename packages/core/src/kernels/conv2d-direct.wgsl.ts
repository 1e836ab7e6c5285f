import { coordinate, lines, OPAQUE_ZERO, stored, storedSize } from './conv2d-geometry.ts'
import type { ConvolutionAlgorithm, ConvolutionSpec } from './convolution.ts'
import { type AdapterTraits, binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'

const WORKGROUP_SIZE = 64

/** One thread computes one pixel of `block` output channels (4 or 8, or 1 for a single channel): any convolution on any adapter. */
export function directConvolution(block: 1 | 4 | 8): ConvolutionAlgorithm {
  const name = `direct ${block}`
  return {
    name,
    weights: { block },
    kernel: (spec, _adapter: AdapterTraits, tail) => directKernel(name, block, spec, tail),
  }
}

function directKernel(name: string, block: 1 | 4 | 8, spec: ConvolutionSpec, tail: Tail): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding } = spec
  const memory = storedSize(spec)
  const blocks = Math.ceil(k / block)
  const threads = n * blocks * oh * ow
  const { workgroups, linear } = dispatchFor(threads, WORKGROUP_SIZE)
  const [vectors, type] = block === 1 ? ([1, 'f32'] as const) : ([block / 4, 'vec4f'] as const)
  return {
    name,
    workgroups,
    wgsl: `${binding(0, 'x')}
${binding(1, 'weights', type)}
${tail.declarations(2)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${threads}u) { return; }
  let ox = id % ${ow}u;
  let oy = (id / ${ow}u) % ${oh}u;
  let channel = (id / ${oh * ow}u) % ${blocks}u;
  let image = id / ${blocks * oh * ow}u;
${lines(vectors, (v) => `  var sum${v} = ${type}();`)}
  for (var into = ${OPAQUE_ZERO}; into < ${c}u; into++) {
    let plane = (image * ${c}u + into) * ${memory.h * memory.w}u;
    let taps = (channel * ${c}u + into) * ${r * s}u;
    for (var ty = ${OPAQUE_ZERO}; ty < ${r}u; ty++) {
      let iy = ${coordinate('oy', 'ty', stride[0], dilation[0], padding.top)};
      if (iy < 0 || iy >= ${h}) { continue; }
      for (var tx = ${OPAQUE_ZERO}; tx < ${s}u; tx++) {
        let ix = ${coordinate('ox', 'tx', stride[1], dilation[1], padding.left)};
        if (ix < 0 || ix >= ${w}) { continue; }
        let value = x[plane + u32(${stored('iy', spec)}) * ${memory.w}u + u32(${stored('ix', spec)})];
        let tap = (taps + ty * ${s}u + tx) * ${vectors}u;
${lines(vectors, (v) => `        sum${v} += value * weights[tap + ${v}u];`)}
      }
    }
  }
  let k0 = channel * ${block}u;
  var sums = array<${type}, ${vectors}>(${Array.from({ length: vectors }, (_, v) => `sum${v}`).join(', ')});
  for (var j = ${OPAQUE_ZERO}; j < min(${block}u, ${k}u - k0); j++) {
    finish(vec4u(image, k0 + j, oy, ox), ((image * ${k}u + k0 + j) * ${oh}u + oy) * ${ow}u + ox, sums[${block === 1 ? 'j' : 'j / 4u][j % 4u'}]);
  }
}`,
  }
}
