import { dispatchGroups, lines, OPAQUE_ZERO, stored, storedSize } from './conv2d-geometry.ts'
import { fixedSubgroupSize, rowLanesApply } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec, WeightGradientAlgorithm } from './convolution.ts'
import { type AdapterTraits, binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup, which is one subgroup, accumulates in registers: all taps of `outputs` channels, from `rows` rows at once. */
export interface ChannelTile {
  readonly outputs: number
  readonly rows: number
}

/** Workgroups that keep a software adapter's threads evenly busy; more would only cost more partial sums. */
const ENOUGH_WORKGROUPS = 16

/**
 * Lanes are input channels: a window of x slides along the row in registers, so that each pixel costs one load a row, and
 * dy is loaded for as many pixels as there are lanes and handed round. A lane owns its weights: nothing is summed across lanes.
 */
export function channelWeightGradient(tile: ChannelTile): WeightGradientAlgorithm {
  const name = `channels ${tile.outputs}x${tile.rows}`
  const partials = ({ n, k, c }: ConvolutionSpec, adapter: AdapterTraits): number => {
    const blocks = Math.ceil(k / tile.outputs) * Math.ceil(c / (fixedSubgroupSize(adapter) ?? 1))
    return Math.max(1, Math.min(n, Math.ceil(ENOUGH_WORKGROUPS / blocks)))
  }
  return {
    name,
    partials,
    kernel(spec, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined || !rowLanesApply(spec, adapter))
        throw new RangeError(`${name} does not apply: it needs stride 1 and one subgroup size`)
      return channelKernel(name, tile, partials(spec, adapter), lanes, spec, tail)
    },
  }
}

function channelKernel(
  name: string,
  { outputs, rows }: ChannelTile,
  parts: number,
  lanes: number,
  spec: ConvolutionSpec,
  tail: Tail,
): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, dilation, padding } = spec
  const outputBlocks = Math.ceil(k / outputs)
  const inputBlocks = Math.ceil(c / lanes)
  const { workgroups, text } = dispatchGroups(parts * outputBlocks * inputBlocks)
  const imagesPerPart = Math.ceil(n / parts)
  const memory = storedSize(spec)
  const taps = r * s
  /** Columns of x under one window: column 0 is the oldest. */
  const columns = (s - 1) * dilation[1] + 1
  const inputRows = rows + (r - 1) * dilation[0]
  const usedRow = (q: number): boolean =>
    Array.from({ length: r }, (_, ty) => q - ty * dilation[0]).some((row) => row >= 0 && row < rows)
  const rowsOfInput = Array.from({ length: inputRows }, (_, q) => q).filter(usedRow)
  const each = (list: readonly number[], line: (item: number) => string): string => list.map(line).join('\n')

  const products = lines(outputs, (i) =>
    lines(
      rows,
      (row) => `          {
            let g = subgroupShuffle(g${i}_${row}, t);
${lines(r, (ty) => lines(s, (tx) => `            sum${i}_${ty * s + tx} += g * a${tx * dilation[1]}_${row + ty * dilation[0]};`))}
          }`,
    ),
  )
  const load = (column: string): string =>
    `let at = i32(${column}) - ${padding.left};
          let within = at >= 0 && at < ${w};
${each(rowsOfInput, (q) => `          a${columns - 1}_${q} = select(0.0, x[offset${q} + u32(${stored('at', spec)})], within && inside${q});`)}`
  const slide = each(rowsOfInput, (q) =>
    lines(columns - 1, (column) => `          a${column}_${q} = a${column + 1}_${q};`),
  )

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
  let into = (group / ${outputBlocks}u) % ${inputBlocks}u * ${lanes}u + lane;
  let part = group / ${outputBlocks * inputBlocks}u;
${lines(outputs, (i) => lines(taps, (tap) => `  var sum${i}_${tap} = 0.0;`))}
${lines(columns, (column) => each(rowsOfInput, (q) => `  var a${column}_${q} = 0.0;`))}
  let last = min(${n}u, (part + 1u) * ${imagesPerPart}u);
  let start = part * ${imagesPerPart}u;
  for (var image = start; image < last; image++) {
    let plane = (image * ${c}u + min(into, ${c - 1}u)) * ${memory.h * memory.w}u;
    for (var y0 = ${OPAQUE_ZERO}; y0 < ${oh}u; y0 += ${rows}u) {
${each(
  rowsOfInput,
  (q) => `      let iy${q} = i32(y0 + ${q}u) - ${padding.top};
      let inside${q} = iy${q} >= 0 && iy${q} < ${h};
      let offset${q} = plane + u32(${stored(`iy${q}`, spec)} * ${memory.w});`,
)}
      for (var column = ${OPAQUE_ZERO}; column < ${columns - 1}u; column++) {
${slide}
        {
          ${load('column')}
        }
      }
      for (var x0 = ${OPAQUE_ZERO}; x0 < ${ow}u; x0 += ${lanes}u) {
        let at = (image * ${k}u + k0) * ${oh * ow}u + y0 * ${ow}u + x0 + lane;
${lines(outputs, (i) => lines(rows, (row) => `        let g${i}_${row} = select(0.0, dy[at + ${i * oh * ow + row * ow}u], x0 + lane < ${ow}u && y0 + ${row}u < ${oh}u);`))}
        for (var t = 0u; t < min(${lanes}u, ${ow}u - x0); t++) {
${slide}
          ${load(`x0 + t + ${columns - 1}u`)}
${products}
        }
      }
    }
  }
  var sums = array<f32, ${outputs * taps}>(
${lines(outputs, (i) => lines(taps, (tap) => `    sum${i}_${tap},`))}
  );
  let limit = select(0u, min(${outputs}u, ${k}u - k0) * ${taps}u, into < ${c}u);
  for (var i = ${OPAQUE_ZERO}; i < limit; i++) {
    let weight = ((k0 + i / ${taps}u) * ${c}u + into) * ${taps}u + i % ${taps}u;
    finish(vec4u(0u, 0u, part, weight), part * ${k * c * taps}u + weight, sums[i]);
  }
}`,
  }
}
