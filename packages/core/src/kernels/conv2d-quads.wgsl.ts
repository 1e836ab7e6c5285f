import { dispatchGroups, lines, OPAQUE_ZERO, stored, storedSize } from './conv2d-geometry.ts'
import { QUAD, type QuadLanes, quadLanes } from './conv2d-quad-lanes.ts'
import { fixedSubgroupSize } from './conv2d-row-lanes.ts'
import type { ConvolutionAlgorithm, ConvolutionSpec } from './convolution.ts'
import { binding, type Kernel, type Tail, type Together } from './kernel.ts'
import { maximumBeside } from './windows.ts'

/** What one workgroup, which is one subgroup, computes. */
export interface QuadTile {
  /** Output channels: 1 or a multiple of 4. */
  readonly channels: number
  /** Output rows of each lane. */
  readonly rows: number
  /** Lanes side by side in a row of the image, a power of two; the others lie over further rows. */
  readonly across: number
}

/**
 * Lanes hold four neighbouring pixels of a row, so that most horizontal taps are components of what a lane has loaded
 * itself, the others its neighbours'. A channel's sums are finished one after another over all taps, so that a processor
 * fetches and puts back each of them once an input channel, however many they are.
 */
export function quadConvolution(tile: QuadTile): ConvolutionAlgorithm {
  const name = `quads ${tile.channels}x${tile.rows} across ${tile.across}`
  return {
    name,
    weights: { block: tile.channels },
    givesMaxima: tile.rows % 2 === 0,
    kernel(spec, adapter, tail) {
      const lanes = quadLanes(spec, fixedSubgroupSize(adapter) ?? 0, tile.across)
      if (lanes === undefined)
        throw new RangeError(
          `${name} does not apply: it needs stride 1, one subgroup size, and taps within ${QUAD} pixels`,
        )
      return quadKernel(name, tile, lanes, spec, tail)
    },
    momentParts(spec, adapter) {
      const lanes = quadLanes(spec, fixedSubgroupSize(adapter) ?? 0, tile.across)
      return lanes && partsOf(tile, lanes, spec)
    },
  }
}

/** Subgroups that take the pixels of one block of channels. */
const partsOf = ({ rows }: QuadTile, { count, across, tiles }: QuadLanes, { n, oh }: ConvolutionSpec): number =>
  tiles * Math.ceil((n * Math.ceil(oh / rows) * across) / count)

/** Counts and sums over the pixels of a lane, then of the subgroup, of each channel. */
const momentsText = ({ channels, rows }: QuadTile, { k, oh, ow }: ConvolutionSpec, blocks: number): string => `
  let inside = vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, ${ow}u - column, exists && column < ${ow}u));
  let rowsInside = min(${rows}u, ${oh}u - y0);
  let count = subgroupAdd(f32(rowsInside) * dot(select(vec4f(), vec4f(1.0), inside), vec4f(1.0)));
  for (var j = ${OPAQUE_ZERO}; j < min(${channels}u, ${k}u - channel * ${channels}u); j++) {
    var sum = vec4f();
    for (var row = ${OPAQUE_ZERO}; row < rowsInside; row++) { sum += sums[row * ${channels}u + j]; }
    let mean = subgroupAdd(dot(select(vec4f(), sum, inside), vec4f(1.0))) / max(count, 1.0);
    var squares = vec4f();
    for (var row = ${OPAQUE_ZERO}; row < rowsInside; row++) {
      let distance = sums[row * ${channels}u + j] - mean;
      squares += distance * distance;
    }
    let total = subgroupAdd(dot(select(vec4f(), squares, inside), vec4f(1.0)));
    if (lane == 0u) { moments(channel * ${channels}u + j, group / ${blocks}u, count, mean, total); }
  }`

/** In each two rows a lane has two windows of 2x2, of which the right one may be outside. */
const windowsTogether = ({ ow }: ConvolutionSpec): Together => (ow % QUAD === 0 ? 2 : 1)

/** Finishes two rows of a channel at a time and gives the maxima of their windows. */
const finishPooled = ({ channels, rows }: QuadTile, spec: ConvolutionSpec, tail: Tail, isWide: boolean): string => {
  const { k, oh, ow } = spec
  const together = windowsTogether(spec)
  /** Where a lane's right window may be outside. */
  const ifRight = ow % QUAD === 0 ? '' : `if (column + 2u < ${ow}u) `
  const finished = (row: string, down: number): string => {
    const at = `at + vec4u(0u, 0u, ${down}u, 0u)`
    const i = `i + ${down * ow}u`
    if (isWide) return `    ${row} = finish(${at}, ${i}, ${row});`
    const pixel = (across: number): string =>
      `${row}[${across}] = finish(${at} + vec4u(0u, 0u, 0u, ${across}u), ${i} + ${across}u, ${row}[${across}]);`
    return `    ${pixel(0)} ${pixel(1)}\n    ${ifRight}{ ${pixel(2)} ${pixel(3)} }`
  }
  const window = (i: string, columns: readonly string[]): string => {
    const pixels = ['upper', 'lower'].flatMap((row) => columns.map((column) => `${row}.${column}`))
    return maximumBeside(tail, i, pixels, together)
  }
  return `
  let limit = select(0u, ${(rows / 2) * channels}u, exists && column < ${ow}u);
  for (var place = ${OPAQUE_ZERO}; place < limit; place++) {
    let down = place / ${channels}u * 2u;
    let oy = y0 + down;
    let out = channel * ${channels}u + place % ${channels}u;
    if (oy >= ${oh}u || out >= ${k}u) { continue; }
    let at = vec4u(image, out, oy, column);
    let i = ((image * ${k}u + out) * ${oh}u + oy) * ${ow}u + column;
    var upper = sums[down * ${channels}u + place % ${channels}u];
    var lower = sums[(down + 1u) * ${channels}u + place % ${channels}u];
${finished('upper', 0)}
${finished('lower', 1)}
    let window = ((image * ${k}u + out) * ${oh / 2}u + oy / 2u) * ${ow / 2}u + column / 2u;
    ${
      together === 2
        ? window('window', ['xz', 'yw'])
        : `${window('window', ['x', 'y'])}
    ${ifRight}${window('window + 1u', ['z', 'w'])}`
    }
  }`
}

/** Finishes the sums of a lane, and gives their moments if they are wanted. */
function finishText(tile: QuadTile, spec: ConvolutionSpec, tail: Tail, isWide: boolean, blocks: number): string {
  const { channels, rows } = tile
  const { k, oh, ow } = spec
  const wantsMoments = tail.beside?.has('moments') === true
  const kept = (place: string): string => (wantsMoments ? `${place} = ` : '')
  return `
  let limit = select(0u, ${rows * channels}u, exists && column < ${ow}u);
  for (var place = ${OPAQUE_ZERO}; place < limit; place++) {
    let oy = y0 + place / ${channels}u;
    let out = channel * ${channels}u + place % ${channels}u;
    if (oy >= ${oh}u || out >= ${k}u) { continue; }
    let at = vec4u(image, out, oy, column);
    let i = ((image * ${k}u + out) * ${oh}u + oy) * ${ow}u + column;
${
  isWide
    ? `    ${kept('sums[place]')}finish(at, i, sums[place]);`
    : `    for (var pixel = ${OPAQUE_ZERO}; pixel < min(${QUAD}u, ${ow}u - column); pixel++) {
      ${kept('sums[place][pixel]')}finish(at + vec4u(0u, 0u, 0u, pixel), i + pixel, sums[place][pixel]);
    }`
}
  }${wantsMoments ? momentsText(tile, spec, blocks) : ''}`
}

function quadKernel(name: string, tile: QuadTile, lanes: QuadLanes, spec: ConvolutionSpec, tail: Tail): Kernel {
  const { n, c, h, k, r, s, oh, ow, dilation, padding, scale = 1 } = spec
  const { channels, rows } = tile
  const { count, across, tiles, vector } = lanes
  const memory = storedSize(spec)
  const blocks = Math.ceil(k / channels)
  const stripsPerImage = Math.ceil(oh / rows)
  const strips = n * stripsPerImage
  const { workgroups, text } = dispatchGroups(blocks * partsOf(tile, lanes, spec))

  const width = channels === 1 ? 1 : 4
  const weightVector = width === 4 ? 'vec4f' : 'f32'
  const weightVectors = (channels * r * s) / width
  const weightLoads = Math.ceil(weightVectors / count)
  const broadcast = (element: number): string => {
    const index = Math.floor(element / width)
    const component = width === 4 ? `.${'xyzw'.charAt(element % 4)}` : ''
    return `subgroupBroadcast(w${Math.floor(index / count)}${component}, ${index % count}u)`
  }
  const inputRows = Array.from({ length: rows + (r - 1) * dilation[0] }, (_, row) => row).filter((row) =>
    Array.from({ length: r }, (_, ty) => row - ty * dilation[0]).some((out) => out >= 0 && out < rows),
  )

  const sumText = (j: number, out: number, i: number): string => {
    const products = Array.from({ length: r * s }, (_, tap) => {
      const row = out + Math.floor(tap / s) * dilation[0]
      return `${lanes.pixel(row, i + (tap % s) * dilation[1] - padding.left)} * k${tap}`
    })
    return `      sum${j}_${out}_${i} = ${products.reduce((sum, product) => `(${sum} + ${product})`, `sum${j}_${out}_${i}`)};`
  }
  const channelText = (j: number): string => `    {
${lines(r * s, (tap) => `      let k${tap} = ${broadcast(tap * channels + j)};`)}
${lines(rows, (out) => lines(QUAD, (i) => sumText(j, out, i)))}
    }`

  // Where rows of the output are whole quads, a lane's four pixels are all inside or all outside.
  const wide = ow % QUAD === 0 ? tail.wideDeclarations?.(2, windowsTogether(spec)) : undefined
  /** The finished sums, four pixels each, in the order of rows and channels. */
  const results = Array.from({ length: rows * channels }, (_, place) => {
    const sum = `sum${place % channels}_${Math.floor(place / channels)}`
    return `vec4f(${[0, 1, 2, 3].map((i) => `${sum}_${i}`).join(', ')})`
  })

  const pools = tail.beside?.has('maxima') === true

  return {
    name: pools ? `${name}, pooled` : name,
    workgroups,
    wgsl: `enable subgroups;
${binding(0, 'x', vector)}
${binding(1, 'weights', weightVector)}
${wide ?? tail.declarations(2, windowsTogether(spec))}
@compute @workgroup_size(${count})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  ${text}
  let channel = group % ${blocks}u;
  let across = lane % ${across}u;
  let column = ((group / ${blocks}u) % ${tiles}u * ${across}u + across) * ${QUAD}u;
  let strip = group / ${blocks * tiles}u * ${count / across}u + lane / ${across}u;
  let image = strip / ${stripsPerImage}u;
  let y0 = strip % ${stripsPerImage}u * ${rows}u;
  let exists = strip < ${strips}u;
${lanes.declarations}
${inputRows
  .map(
    (row) => `  let iy${row} = i32(y0 + ${row}u) - ${padding.top};
  let offset${row} = u32(${stored(`iy${row}`, spec)} * ${memory.w}) + column${scale === 1 ? '' : ` / ${scale}u`};
  let inside${row} = exists && iy${row} >= 0 && iy${row} < ${h};`,
  )
  .join('\n')}
${lines(channels, (j) => lines(rows, (row) => lines(QUAD, (i) => `  var sum${j}_${row}_${i} = 0.0;`)))}
  for (var into = ${OPAQUE_ZERO}; into < ${c}u; into++) {
    let plane = (image * ${c}u + into) * ${memory.h * memory.w}u;
    let first = (channel * ${c}u + into) * ${weightVectors}u + lane;
${lines(weightLoads, (m) => {
  const left = weightVectors - m * count
  const load = `w${m} = weights[first + ${m * count}u];`
  return left >= count ? `    let ${load}` : `    var w${m} = ${weightVector}();\n    if (lane < ${left}u) { ${load} }`
})}
${inputRows.map((row) => lanes.load(row, `plane + offset${row}`, `inside${row}`)).join('\n')}
${lines(channels, channelText)}
  }
  var sums = array<vec4f, ${rows * channels}>(
${results.map((quad) => `    ${quad},`).join('\n')}
  );${pools ? finishPooled(tile, spec, tail, wide !== undefined) : finishText(tile, spec, tail, wide !== undefined, blocks)}
}`,
  }
}
