import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { ConvolutionSpec, WeightGradientAlgorithm } from './convolution.ts'
import { type AdapterTraits, binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup computes, as squares of 4 output channels x 4 columns of each of its 64 threads. A column is a tap of an input channel. */
export interface WeightGradientTile {
  /** Threads one below another, for different output channels; the others lie side by side, for different columns. */
  readonly threadsDown: 1 | 4 | 8 | 16
  /** Output channel quads of each thread. */
  readonly outputQuads: number
  /** Column quads of each thread. */
  readonly columnQuads: number
}

export const THREADS = 64
/** Pixels summed between two loads of the tiles. */
const DEPTH = 16
/** Workgroups that keep the units of a large graphics card, or the threads of a processor, evenly busy. */
const ENOUGH_WORKGROUPS = { hardware: 512, software: 16 } as const
/** Fewer pixels would cost more for writing and adding the partial sums than for computing them. */
const FEWEST_PIXELS = 128

/**
 * Implicit matrix product: the output's gradient [k, n*oh*ow] times the input's patches [n*oh*ow, c*r*s], both by tiles in
 * workgroup memory, so that each loaded number serves a whole row or column of the tile; sums stay in registers. The pixels
 * are split over workgroups. Any convolution on any adapter.
 */
export function gemmWeightGradient(tile: WeightGradientTile): WeightGradientAlgorithm {
  const { outputs, columns } = extentOf(tile)
  const name = `gemm ${outputs}x${columns}`
  return {
    name,
    partials: (spec, adapter) => partsOf(tile, spec, adapter).parts,
    kernel: (spec, adapter, tail) => gemmKernel(name, tile, spec, adapter, tail),
  }
}

/** Output channels and columns of a workgroup. */
export function extentOf({ threadsDown, outputQuads, columnQuads }: WeightGradientTile): {
  readonly outputs: number
  readonly columns: number
} {
  return { outputs: threadsDown * outputQuads * 4, columns: (THREADS / threadsDown) * columnQuads * 4 }
}

/** How many parts the pixels are split into, and how many pixels each has: a power of two. */
function partsOf(
  tile: WeightGradientTile,
  { n, c, k, r, s, oh, ow }: ConvolutionSpec,
  { kind }: AdapterTraits,
): { readonly parts: number; readonly pixels: number } {
  const { outputs, columns } = extentOf(tile)
  const tiles = Math.ceil(k / outputs) * Math.ceil((c * r * s) / columns)
  const most = (n * oh * ow * tiles) / ENOUGH_WORKGROUPS[kind]
  const pixels = Math.max(FEWEST_PIXELS, 2 ** Math.floor(Math.log2(most)))
  return { parts: Math.ceil((n * oh * ow) / pixels), pixels }
}

function gemmKernel(
  name: string,
  tile: WeightGradientTile,
  spec: ConvolutionSpec,
  adapter: AdapterTraits,
  tail: Tail,
): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding } = spec
  const { threadsDown, outputQuads, columnQuads } = tile
  const { outputs, columns } = extentOf(tile)
  const { parts, pixels } = partsOf(tile, spec, adapter)
  const threadsAcross = THREADS / threadsDown
  const allColumns = c * r * s
  const blocks = Math.ceil(k / outputs)
  const strips = Math.ceil(allColumns / columns)
  const { workgroups, text } = dispatchGroups(parts * blocks * strips)
  // Threads write one below another: one more quad in a row keeps them from the same bank of the memory.
  const gradientRow = outputs / 4 + 1
  const patchRow = columns / 4 + 1
  // Four neighbours of a weight's row start at a multiple of four only where every row does.
  const wide = allColumns % 4 === 0 ? tail.wideDeclarations?.(2) : undefined
  // Graphics cards gain from unrolled loops over the tiles, processors lose seconds of compilation.
  const zero = adapter.kind === 'hardware' ? '0u' : OPAQUE_ZERO
  const square = (line: (output: number, quad: number) => string): string =>
    lines(outputQuads * 4, (output) => lines(columnQuads, (quad) => line(output, quad)))
  const four = (item: (j: number) => string): string => [0, 1, 2, 3].map(item).join(', ')
  return {
    name: `weight-gradient ${name}, ${parts} parts of ${pixels} pixels`,
    workgroups,
    wgsl: `${binding(0, 'x')}
${binding(1, 'dy')}
${wide ?? tail.declarations(2)}
var<workgroup> gradientTile: array<vec4f, ${DEPTH * gradientRow}>;
var<workgroup> patchTile: array<vec4f, ${DEPTH * patchRow}>;
// Where the tap of each column lies from the top left of a patch: its index, y and x. Columns behind the last see only padding.
var<workgroup> taps: array<vec3i, ${columns}>;

fn tapOf(column: u32) -> vec3i {
  if (column >= ${allColumns}u) { return vec3i(0, ${h + padding.top}, 0); }
  let y = i32((column / ${s}u) % ${r}u * ${dilation[0]}u);
  let x = i32(column % ${s}u * ${dilation[1]}u);
  return vec3i(i32(column / ${r * s}u * ${h * w}u) + y * ${w} + x, y, x);
}

fn inputAt(corner: vec3i, tap: vec3i, exists: bool) -> f32 {
  let iy = corner.y + tap.y;
  let ix = corner.z + tap.z;
  // Without \`&&\`, which would branch: compilers of processors are slow with many branches.
  let inside = exists & (iy >= 0) & (iy < ${h}) & (ix >= 0) & (ix < ${w});
  return select(0.0, x[u32(corner.x + tap.x)], inside);
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  ${text}
  let firstOutput = group % ${blocks}u * ${outputs}u;
  let firstColumn = (group / ${blocks}u) % ${strips}u * ${columns}u;
  let part = group / ${blocks * strips}u;
  let last = min(${n * oh * ow}u, (part + 1u) * ${pixels}u);
  let down = local / ${threadsAcross}u;
  let across = local % ${threadsAcross}u;
  let row = local % ${DEPTH}u;
  for (var i = local + ${zero}; i < ${columns}u; i += ${THREADS}u) { taps[i] = tapOf(firstColumn + i); }
  workgroupBarrier();
${square((output, quad) => `  var sum${output}_${quad} = vec4f();`)}
  for (var step = part * ${pixels}u + ${OPAQUE_ZERO}; step < last; step += ${DEPTH}u) {
    let pixel = step + row;
    let exists = pixel < last;
    let image = pixel / ${oh * ow}u;
    let place = pixel % ${oh * ow}u;
    for (var quad = local / ${DEPTH}u + ${zero}; quad < ${outputs / 4}u; quad += ${THREADS / DEPTH}u) {
      let out = firstOutput + quad * 4u;
      let at = (image * ${k}u + out) * ${oh * ow}u + place;
      gradientTile[row * ${gradientRow}u + quad] = vec4f(
        ${four((j) => `select(0.0, dy[at + ${j * oh * ow}u], exists & (out + ${j}u < ${k}u))`)});
    }
    let y = i32(place / ${ow}u * ${stride[0]}u) - ${padding.top};
    let x = i32(place % ${ow}u * ${stride[1]}u) - ${padding.left};
    let corner = vec3i(i32(image * ${c * h * w}u) + y * ${w} + x, y, x);
    for (var quad = local / ${DEPTH}u + ${zero}; quad < ${columns / 4}u; quad += ${THREADS / DEPTH}u) {
      patchTile[row * ${patchRow}u + quad] = vec4f(
        ${four((j) => `inputAt(corner, taps[quad * 4u + ${j}u], exists)`)});
    }
    workgroupBarrier();
    for (var depth = ${zero}; depth < ${DEPTH}u; depth++) {
${lines(outputQuads, (quad) => `      let a${quad} = gradientTile[depth * ${gradientRow}u + down + ${quad * threadsDown}u];`)}
${lines(columnQuads, (quad) => `      let b${quad} = patchTile[depth * ${patchRow}u + across + ${quad * threadsAcross}u];`)}
${square((output, quad) => `      sum${output}_${quad} += a${Math.floor(output / 4)}[${output % 4}] * b${quad};`)}
    }
    workgroupBarrier();
  }
  var sums = array<vec4f, ${outputQuads * 4 * columnQuads}>(
${square((output, quad) => `    sum${output}_${quad},`)}
  );
  for (var i = ${OPAQUE_ZERO}; i < ${outputQuads * 4}u; i++) {
    let out = firstOutput + (down + i / 4u * ${threadsDown}u) * 4u + i % 4u;
    if (out >= ${k}u) { break; }
    for (var quad = ${OPAQUE_ZERO}; quad < ${columnQuads}u; quad++) {
      let column = firstColumn + (across + quad * ${threadsAcross}u) * 4u;
      let weight = out * ${allColumns}u + column;
      let value = sums[i * ${columnQuads}u + quad];
${
  wide === undefined
    ? `      for (var j = ${OPAQUE_ZERO}; j < 4u; j++) {
        if (column + j < ${allColumns}u) { finish(vec4u(0u, 0u, part, weight + j), part * ${k * allColumns}u + weight + j, value[j]); }
      }`
    : `      if (column < ${allColumns}u) { finish(vec4u(0u, 0u, part, weight), part * ${k * allColumns}u + weight, value); }`
}
    }
  }
}`,
  }
}
