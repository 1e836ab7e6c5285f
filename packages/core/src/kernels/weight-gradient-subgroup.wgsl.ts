import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { fixedSubgroupSize, rowLanes, rowLanesApply } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec, WeightGradientAlgorithm } from './convolution.ts'
import { binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup, which is one subgroup, accumulates in registers: all taps of some channel pairs. */
export interface WeightGradientTile {
  /** Output channels. */
  readonly outputs: number
  /** Input channels. */
  readonly inputs: number
  /** Rows of pixels of each lane between two trips of the loop, which has to move every sum. */
  readonly rows: number
  /** Columns of pixels of each lane, one row of lanes apart. */
  readonly columns: number
}

/** Workgroups that keep a software adapter's threads evenly busy; more would only cost more partial sums. */
const ENOUGH_WORKGROUPS = 64

/**
 * Lanes are pixels of a row: each loaded vector of x serves all taps and output channels, each vector of dy all taps and
 * input channels. A lane sums its own pixels; lanes are added once, at the end. Every workgroup takes part of the batch.
 */
export function subgroupWeightGradient(tile: WeightGradientTile): WeightGradientAlgorithm {
  const name = `subgroup ${tile.outputs}x${tile.inputs} of ${tile.rows}x${tile.columns}`
  const partials = ({ n, k, c }: ConvolutionSpec): number =>
    Math.max(1, Math.min(n, Math.ceil(ENOUGH_WORKGROUPS / (Math.ceil(k / tile.outputs) * Math.ceil(c / tile.inputs)))))
  return {
    name,
    partials,
    kernel(spec, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined || !rowLanesApply(spec, adapter))
        throw new RangeError(`${name} does not apply: it needs stride 1 and one subgroup size`)
      return subgroupKernel(name, tile, partials(spec), lanes, spec, tail)
    },
  }
}

function subgroupKernel(
  name: string,
  tile: WeightGradientTile,
  parts: number,
  lanes: number,
  spec: ConvolutionSpec,
  tail: Tail,
): Kernel {
  const { outputs, inputs, rows, columns } = tile
  const { n, c, h, w, k, r, s, oh, ow, dilation, padding } = spec
  const { across, down, origin, loads, tiles, shifted, declarations } = rowLanes(lanes, columns, spec)
  const outputBlocks = Math.ceil(k / outputs)
  const inputBlocks = Math.ceil(c / inputs)
  const { workgroups, text } = dispatchGroups(parts * outputBlocks * inputBlocks)
  const strips = Math.ceil(oh / (down * rows))
  // One loop over images, strips and tiles: every nested one would move all sums once more.
  const steps = strips * tiles
  const imagesPerPart = Math.ceil(n / parts)

  /** Output rows that input row `row` reaches, and through which vertical tap. */
  const reaches = (row: number): { out: number; ty: number }[] =>
    Array.from({ length: rows }, (_, out) => ({ out, ty: (row - out) / dilation[0] })).filter(
      ({ ty }) => Number.isInteger(ty) && ty >= 0 && ty < r,
    )
  const inputRows = Array.from({ length: rows + (r - 1) * dilation[0] }, (_, row) => row).filter(
    (row) => reaches(row).length > 0,
  )

  const tapText = (row: number, j: number, tx: number, column: number): string => {
    const value = shifted(column, tx)
    if (value === undefined) return ''
    return `          { let v = ${value};
${reaches(row)
  .map(({ out, ty }) => lines(outputs, (i) => `            sum${i}_${j}_${ty * s + tx} += v * g${i}_${out}_${column};`))
  .join('\n')}
          }`
  }
  const inputText = (row: number, j: number): string => `        {
${lines(loads, (q) => `          let e${q} = select(0.0, x[start + ${j * h * w}u + column${q}], within${q} && inside);`)}
${lines(s, (tx) => lines(columns, (column) => tapText(row, j, tx, column)))}
        }`
  const rowText = (row: number): string => `      {
        let iy = i32(oy + ${row}u) - ${padding.top};
        let inside = iy >= 0 && iy < ${h};
        let start = plane + u32(iy * ${w});
${lines(inputs, (j) => inputText(row, j))}
      }`

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
${declarations}
  for (var step = part * ${imagesPerPart * steps}u; step < last * ${steps}u; step++) {
      let image = step / ${steps}u;
      let plane = (image * ${c}u + c0) * ${h * w}u;
      let oy = ((step / ${tiles}u) % ${strips}u * ${down}u + down) * ${rows}u;
      let ox = step % ${tiles}u * ${across * columns}u + across;
      let at = (image * ${k}u + k0) * ${oh * ow}u + oy * ${ow}u + ox;
${lines(rows, (out) =>
  lines(
    columns,
    (column) => `      let counts${out}_${column} = ox + ${column * across}u < ${ow}u && oy + ${out}u < ${oh}u;
${lines(outputs, (i) => `      let g${i}_${out}_${column} = select(0.0, dy[at + ${i * oh * ow + out * ow + column * across}u], counts${out}_${column});`)}`,
  ),
)}
${lines(
  loads,
  (q) => `      let at${q} = i32(ox + ${q * across}u) ${origin < 0 ? `- ${-origin}` : ''};
      let column${q} = u32(at${q});
      let within${q} = at${q} >= 0 && at${q} < ${w};`,
)}
${inputRows.map(rowText).join('\n')}
  }
  var sums = array<f32, ${outputs * inputs * r * s}>(
${lines(outputs, (i) => lines(inputs, (j) => lines(r * s, (tap) => `    sum${i}_${j}_${tap},`)))}
  );
  let limit = min(${outputs}u, ${k}u - k0) * ${inputs * r * s}u;
  for (var i = ${OPAQUE_ZERO}; i < limit; i++) {
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
