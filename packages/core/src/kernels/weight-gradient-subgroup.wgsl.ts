import { dispatchGroups, lines } from './conv2d-geometry.ts'
import { fixedSubgroupSize, rowLanes, rowLanesApply } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec, WeightGradientAlgorithm } from './convolution.ts'
import { binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup, which is one subgroup, accumulates in registers: all taps of some channel pairs. */
export interface WeightGradientTile {
  /** Output channels. */
  readonly outputs: number
  /** Input channels. */
  readonly inputs: number
}

/** Workgroups that keep a software adapter's threads evenly busy; more would only cost more partial sums. */
const ENOUGH_WORKGROUPS = 64

/**
 * Lanes are pixels of a row: each loaded vector of x serves all taps and output channels, each vector of dy all taps and
 * input channels. A lane sums its own pixels; lanes are added once, at the end. Every workgroup takes part of the batch.
 */
export function subgroupWeightGradient(tile: WeightGradientTile): WeightGradientAlgorithm {
  const name = `subgroup ${tile.outputs}x${tile.inputs}`
  const partials = ({ n, k, c }: ConvolutionSpec): number =>
    Math.max(1, Math.min(n, Math.ceil(ENOUGH_WORKGROUPS / (Math.ceil(k / tile.outputs) * Math.ceil(c / tile.inputs)))))
  return {
    name,
    partials,
    kernel(spec, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined || !rowLanesApply(spec, adapter)) throw new RangeError(`${name} does not apply: it needs stride 1 and one subgroup size`)
      return subgroupKernel(name, tile, partials(spec), lanes, spec, tail)
    },
  }
}

function subgroupKernel(name: string, { outputs, inputs }: WeightGradientTile, parts: number, lanes: number, spec: ConvolutionSpec, tail: Tail): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, dilation, padding } = spec
  const { across, down, origin, loads, tiles, shifted, declarations } = rowLanes(lanes, 1, spec)
  const outputBlocks = Math.ceil(k / outputs)
  const inputBlocks = Math.ceil(c / inputs)
  const { workgroups, text } = dispatchGroups(parts * outputBlocks * inputBlocks)
  const imagesPerPart = Math.ceil(n / parts)

  const tapText = (j: number, ty: number, tx: number): string => {
    const value = shifted(0, tx)
    if (value === undefined) return ''
    return `          { let v = ${value};
${lines(outputs, (i) => `            sum${i}_${j}_${ty * s + tx} += v * g${i};`)}
          }`
  }
  const inputText = (j: number, ty: number): string => `        {
${lines(loads, (q) => `          let e${q} = select(0.0, x[row + ${j * h * w}u + column${q}], within${q} && inside);`)}
${lines(s, (tx) => tapText(j, ty, tx))}
        }`
  const body = lines(r, (ty) => `      {
        let iy = i32(oy + ${ty * dilation[0]}u) - ${padding.top};
        let inside = iy >= 0 && iy < ${h};
        let row = plane + u32(iy * ${w});
${lines(inputs, (j) => inputText(j, ty))}
      }`)
  return {
    name: `weight-gradient ${name}, ${parts} parts`,
    workgroups,
    wgsl: `enable subgroups;
${binding(0, 'x')}
${binding(1, 'dy')}
${tail.declarations(2)}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  ${text}
  let k0 = group % ${outputBlocks}u * ${outputs}u;
  let c0 = (group / ${outputBlocks}u) % ${inputBlocks}u * ${inputs}u;
  let part = group / ${outputBlocks * inputBlocks}u;
  let across = lane % ${across}u;
  let down = lane / ${across}u;
${lines(outputs, (i) => lines(inputs, (j) => lines(r * s, (tap) => `  var sum${i}_${j}_${tap} = 0.0;`)))}
  let last = min(${n}u, (part + 1u) * ${imagesPerPart}u);
  let start = part * ${imagesPerPart}u;
${declarations}
  for (var image = start; image < last; image++) {
    let plane = (image * ${c}u + c0) * ${h * w}u;
    for (var y0 = 0u; y0 < ${oh}u; y0 += ${down}u) {
      let oy = y0 + down;
      for (var x0 = 0u; x0 < ${tiles * across}u; x0 += ${across}u) {
      let ox = x0 + across;
      let counts = ox < ${ow}u && oy < ${oh}u;
      let at = (image * ${k}u + k0) * ${oh * ow}u + oy * ${ow}u + ox;
${lines(outputs, (i) => `      let g${i} = select(0.0, dy[at + ${i * oh * ow}u], counts);`)}
${lines(loads, (q) => `      let at${q} = i32(ox + ${q * across}u) ${origin < 0 ? `- ${-origin}` : ''};
      let column${q} = u32(at${q});
      let within${q} = at${q} >= 0 && at${q} < ${w};`)}
${body}
      }
    }
  }
  var sums = array<f32, ${outputs * inputs * r * s}>(
${lines(outputs, (i) => lines(inputs, (j) => lines(r * s, (tap) => `    sum${i}_${j}_${tap},`)))}
  );
  // Not unrolled, since the trip count is only known here: a store takes a driver long to compile.
  let limit = min(${outputs}u, ${k}u - k0) * ${inputs * r * s}u;
  for (var i = 0u; i < limit; i++) {
    let value = subgroupAdd(sums[i]);
    let into = c0 + (i / ${r * s}u) % ${inputs}u;
    if (lane == 0u && into < ${c}u) {
      let weight = ((k0 + i / ${inputs * r * s}u) * ${c}u + into) * ${r * s}u + i % ${r * s}u;
      finish(vec4u(0u, 0u, part, weight), part * ${k * c * r * s}u + weight, value);
    }
  }
}`,
  }
}
