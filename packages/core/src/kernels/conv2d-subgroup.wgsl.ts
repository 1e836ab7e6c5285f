import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { fixedSubgroupSize, rowLanes, rowLanesApply } from './conv2d-row-lanes.ts'
import type { ConvolutionAlgorithm, ConvolutionSpec } from './convolution.ts'
import { binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup, which is one subgroup, computes. */
export interface SubgroupTile {
  /** Output channels: 1 or a multiple of 4. */
  readonly channels: number
  /** Output rows of each lane. */
  readonly rows: number
  /** Output columns of each lane, one row of lanes apart. */
  readonly columns: number
}

/**
 * Lanes are pixels of a row: each input row is loaded once and its horizontal taps come from neighbouring lanes by
 * `subgroupShuffle`; the weights of a channel are loaded once by all lanes together and broadcast. Both because a load
 * is what costs on a processor, and an exchange within a register is nearly free.
 */
export function subgroupConvolution(tile: SubgroupTile): ConvolutionAlgorithm {
  const name = `subgroup ${tile.channels}x${tile.rows}x${tile.columns}`
  return {
    name,
    weights: { block: tile.channels },
    kernel(spec, adapter, tail) {
      const lanes = fixedSubgroupSize(adapter)
      if (lanes === undefined || !rowLanesApply(spec, adapter))
        throw new RangeError(`${name} does not apply: it needs stride 1 and one subgroup size`)
      return subgroupKernel(name, tile, lanes, spec, tail)
    },
  }
}

function subgroupKernel(name: string, tile: SubgroupTile, lanes: number, spec: ConvolutionSpec, tail: Tail): Kernel {
  const { channels, rows, columns } = tile
  const { n, c, h, w, k, r, s, oh, ow, dilation, padding } = spec
  const { across, down, origin, loads, tiles, shifted, declarations } = rowLanes(lanes, columns, spec)
  const blocks = Math.ceil(k / channels)
  const stripsPerImage = Math.ceil(oh / rows)
  const strips = n * stripsPerImage
  const { workgroups, text } = dispatchGroups(tiles * blocks * Math.ceil(strips / down))

  const width = channels % 4 === 0 ? 4 : 1
  const weightVectors = (channels * r * s) / width
  const weightLoads = Math.ceil(weightVectors / lanes)
  const broadcast = (element: number): string => {
    const vector = Math.floor(element / width)
    const component = width === 4 ? `.${'xyzw'.charAt(element % 4)}` : ''
    return `subgroupBroadcast(w${Math.floor(vector / lanes)}${component}, ${vector % lanes}u)`
  }

  /** Output rows that input row `row` of the strip reaches, and through which vertical tap. */
  const reaches = (row: number): { out: number; tap: number }[] =>
    Array.from({ length: rows }, (_, out) => ({ out, tap: (row - out) / dilation[0] })).filter(
      ({ tap }) => Number.isInteger(tap) && tap >= 0 && tap < r,
    )
  const inputRows = Array.from({ length: rows + (r - 1) * dilation[0] }, (_, row) => row).filter(
    (row) => reaches(row).length > 0,
  )

  const places = rows * columns
  const vector = width === 4 ? 'vec4f' : 'f32'
  /** The finished sums in the order of places, channels innermost. */
  const results = Array.from({ length: places }, (_, place) =>
    Array.from({ length: channels / width }, (_, v) => {
      const sum = (j: number): string => `sum${v * width + j}_${Math.floor(place / columns)}_${place % columns}`
      return width === 4 ? `vec4f(${[0, 1, 2, 3].map(sum).join(', ')})` : sum(0)
    }),
  ).flat()

  const rowText = (row: number): string => {
    const taps = Array.from({ length: s }, (_, tx) =>
      Array.from({ length: columns }, (_, column) => ({ tx, column, value: shifted(column, tx) })),
    ).flat()
    return `    {
${lines(loads, (q) => `      let e${q} = select(0.0, x[plane + offset${row} + column${q}], inside${row} && within${q});`)}
${taps
  .filter(({ value }) => value !== undefined)
  .map(
    ({ tx, column, value }) => `      { let v = ${value};
${reaches(row)
  .map(({ out, tap }) =>
    lines(channels, (j) => `        sum${j}_${out}_${column} += v * k${(tap * s + tx) * channels + j};`),
  )
  .join('\n')}
      }`,
  )
  .join('\n')}
    }`
  }
  const body = inputRows.map(rowText).join('\n')

  return {
    name,
    workgroups,
    wgsl: `enable subgroups;
${binding(0, 'x')}
${binding(1, 'weights', vector)}
${tail.declarations(2)}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  ${text}
  let channel = group % ${blocks}u;
  let across = lane % ${across}u;
  let x0 = (group / ${blocks}u) % ${tiles}u * ${across * columns}u + across;
  let strip = group / ${blocks * tiles}u * ${down}u + lane / ${across}u;
  let image = strip / ${stripsPerImage}u;
  let y0 = strip % ${stripsPerImage}u * ${rows}u;
${lines(
  loads,
  (q) => `  let at${q} = i32(x0 + ${q * across}u) ${origin < 0 ? `- ${-origin}` : ''};
  let column${q} = u32(at${q});
  let within${q} = at${q} >= 0 && at${q} < ${w} && strip < ${strips}u;`,
)}
${inputRows
  .map(
    (row) => `  let iy${row} = i32(y0 + ${row}u) - ${padding.top};
  let offset${row} = u32(iy${row} * ${w});
  let inside${row} = iy${row} >= 0 && iy${row} < ${h};`,
  )
  .join('\n')}
${declarations}
${lines(channels, (j) => lines(rows, (row) => lines(columns, (column) => `  var sum${j}_${row}_${column} = 0.0;`)))}
  for (var into = ${OPAQUE_ZERO}; into < ${c}u; into++) {
    let plane = (image * ${c}u + into) * ${h * w}u;
    let first = (channel * ${c}u + into) * ${weightVectors}u;
${lines(weightLoads, (m) => `    let w${m} = weights[first + ${m === weightLoads - 1 ? `min(${m * lanes}u + lane, ${weightVectors - 1}u)` : `${m * lanes}u + lane`}];`)}
${lines(channels * r * s, (element) => `    let k${element} = ${broadcast(element)};`)}
${body}
  }
  var sums = array<${vector}, ${places * (channels / width)}>(
${results.map((place) => `    ${place},`).join('\n')}
  );
  let limit = select(0u, ${places}u, strip < ${strips}u);
  for (var place = ${OPAQUE_ZERO}; place < limit; place++) {
    let oy = y0 + place / ${columns}u;
    let ox = x0 + place % ${columns}u * ${across}u;
    if (oy >= ${oh}u || ox >= ${ow}u) { continue; }
    for (var j = ${OPAQUE_ZERO}; j < min(${channels}u, ${k}u - channel * ${channels}u); j++) {
      let out = channel * ${channels}u + j;
      let value = sums[place${channels === 1 ? '' : ` * ${channels / 4}u + j / 4u][j % 4u`}];
      finish(vec4u(image, out, oy, ox), ((image * ${k}u + out) * ${oh}u + oy) * ${ow}u + ox, value);
    }
  }
}`,
  }
}
