import { dispatchGroups, lines, OPAQUE_ZERO, stored, storedSize } from './conv2d-geometry.ts'
import type { ConvolutionAlgorithm, ConvolutionSpec } from './convolution.ts'
import { type AdapterTraits, binding, type Kernel, type Tail } from './kernel.ts'

/** What one workgroup computes, as squares of 4 channels x 4 pixels of each of its 64 threads. */
export interface GemmTile {
  /** Threads one below another, for different output channels; the others lie side by side, for different pixels. */
  readonly threadsDown: 4 | 8
  /** Channel quads of each thread. */
  readonly channelQuads: number
  /** Pixel quads of each thread. */
  readonly pixelQuads: number
}

const THREADS = 64
/** Products summed between two loads of the tiles. */
const DEPTH = 16

/**
 * Implicit matrix product: weights [k, c*r*s] times the input's patches [c*r*s, n*oh*ow], both by tiles in workgroup
 * memory, so that each loaded number serves a whole row or column of the tile; sums stay in registers.
 */
export function gemmConvolution(tile: GemmTile): ConvolutionAlgorithm {
  const block = tile.threadsDown * tile.channelQuads * 4
  const name = `gemm ${block}x${(THREADS / tile.threadsDown) * tile.pixelQuads * 4}`
  return {
    name,
    weights: { block },
    kernel: (spec, adapter, tail) => gemmKernel(name, tile, spec, adapter, tail),
    momentParts: (spec) => partsOf(tile, spec),
  }
}

/** Workgroups that take the pixels of one block of channels. */
const partsOf = ({ threadsDown, pixelQuads }: GemmTile, { n, oh, ow }: ConvolutionSpec): number =>
  Math.ceil((n * oh * ow) / ((THREADS / threadsDown) * pixelQuads * 4))

/** Sums over the pixels of a thread, then of a row of threads, four channels at a time; through the input's workgroup memory. */
const momentsText = (
  { threadsDown, channelQuads, pixelQuads }: GemmTile,
  { n, oh, ow, k }: ConvolutionSpec,
  blocks: number,
): string => {
  const across = THREADS / threadsDown
  const pixels = n * oh * ow
  const joined = (of: string): string => `    workgroupBarrier();
    inputTile[local] = ${of};
    workgroupBarrier();
    var ${of}OfAll = vec4f();
    for (var i = ${OPAQUE_ZERO}; i < ${across}u; i++) { ${of}OfAll += inputTile[down * ${across}u + i]; }`
  const overPixels = (statement: string): string => `    for (var i = ${OPAQUE_ZERO}; i < ${pixelQuads * 4}u; i++) {
      let pixel = tilePixel + (i / 4u * ${across}u + across) * 4u + i % 4u;
      if (pixel < ${pixels}u) { ${statement} }
    }`
  return `
  let count = f32(min(${pixels}u - tilePixel, ${across * pixelQuads * 4}u));
  for (var quad = ${OPAQUE_ZERO}; quad < ${channelQuads}u; quad++) {
    var sum = vec4f();
${overPixels(`sum += sums[i * ${channelQuads}u + quad];`)}
${joined('sum')}
    let mean = sumOfAll / count;
    var squares = vec4f();
${overPixels(`let distance = sums[i * ${channelQuads}u + quad] - mean; squares += distance * distance;`)}
${joined('squares')}
    let first = (block * ${threadsDown * channelQuads}u + down + quad * ${threadsDown}u) * 4u;
    for (var j = ${OPAQUE_ZERO}; across == 0u && j < 4u && first + j < ${k}u; j++) {
      moments(first + j, group / ${blocks}u, count, mean[j], squaresOfAll[j]);
    }
  }`
}

function gemmKernel(name: string, tile: GemmTile, spec: ConvolutionSpec, adapter: AdapterTraits, tail: Tail): Kernel {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding } = spec
  const { threadsDown, channelQuads, pixelQuads } = tile
  const memory = storedSize(spec)
  const depth = c * r * s
  const pixels = n * oh * ow
  const threadsAcross = THREADS / threadsDown
  const weightRow = threadsDown * channelQuads
  const pixelRow = threadsAcross * pixelQuads
  const blocks = Math.ceil(k / (weightRow * 4))
  const { workgroups, text } = dispatchGroups(blocks * partsOf(tile, spec))
  // Graphics cards gain from unrolled loops over the tiles, processors lose seconds of compilation.
  const zero = adapter.kind === 'hardware' ? '0u' : OPAQUE_ZERO
  const square = (line: (pixel: number, quad: number) => string): string =>
    lines(pixelQuads * 4, (pixel) => lines(channelQuads, (quad) => line(pixel, quad)))
  return {
    name,
    workgroups,
    wgsl: `${binding(0, 'x')}
${binding(1, 'weights', 'vec4f')}
${tail.declarations(2)}
var<workgroup> weightTile: array<vec4f, ${DEPTH * weightRow}>;
var<workgroup> inputTile: array<vec4f, ${DEPTH * pixelRow}>;

// Top left of the patch under an output pixel, and the start of its image; pixels behind the last one see only padding.
fn patchOf(pixel: u32) -> vec3i {
  let oy = (pixel / ${ow}u) % ${oh}u;
  let ox = pixel % ${ow}u;
  let y = select(${-(dilation[0] * r)}, i32(oy * ${stride[0]}u) - ${padding.top}, pixel < ${pixels}u);
  return vec3i(y, i32(ox * ${stride[1]}u) - ${padding.left}, i32(pixel / ${oh * ow}u * ${c * memory.h * memory.w}u));
}

fn inputAt(corner: vec3i, plane: i32, tap: vec2i) -> f32 {
  let iy = corner.x + tap.x;
  let ix = corner.y + tap.y;
  if (iy < 0 || iy >= ${h} || ix < 0 || ix >= ${w}) { return 0.0; }
  return x[u32(corner.z + plane + ${stored('iy', spec)} * ${memory.w} + ${stored('ix', spec)})];
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  ${text}
  let block = group % ${blocks}u;
  let tilePixel = group / ${blocks}u * ${pixelRow * 4}u;
  let down = local / ${threadsAcross}u;
  let across = local % ${threadsAcross}u;
  let loadQuad = local % ${pixelRow}u;
${lines(4, (i) => `  let patch${i} = patchOf(tilePixel + loadQuad * 4u + ${i}u);`)}
${square((pixel, quad) => `  var sum${pixel}_${quad} = vec4f();`)}
  for (var step = ${OPAQUE_ZERO}; step < ${depth}u; step += ${DEPTH}u) {
    for (var i = local + ${zero}; i < ${DEPTH * weightRow}u; i += ${THREADS}u) {
      let inside = step + i / ${weightRow}u < ${depth}u;
      weightTile[i] = select(vec4f(), weights[(block * ${depth}u + step) * ${weightRow}u + i], inside);
    }
    for (var row = local / ${pixelRow}u + ${zero}; row < ${DEPTH}u; row += ${THREADS / pixelRow}u) {
      let product = step + row;
      let plane = i32(product / ${r * s}u * ${memory.h * memory.w}u);
      let tap = vec2i(i32((product / ${s}u) % ${r}u * ${dilation[0]}u), i32(product % ${s}u * ${dilation[1]}u));
      var value = vec4f();
      if (product < ${depth}u) {
        value = vec4f(inputAt(patch0, plane, tap), inputAt(patch1, plane, tap), inputAt(patch2, plane, tap), inputAt(patch3, plane, tap));
      }
      inputTile[row * ${pixelRow}u + loadQuad] = value;
    }
    workgroupBarrier();
    for (var row = ${zero}; row < ${DEPTH}u; row++) {
${lines(channelQuads, (quad) => `      let a${quad} = weightTile[row * ${weightRow}u + down + ${quad * threadsDown}u];`)}
${lines(pixelQuads, (quad) => `      let b${quad} = inputTile[row * ${pixelRow}u + across + ${quad * threadsAcross}u];`)}
${square((pixel, quad) => `      sum${pixel}_${quad} += a${quad} * b${Math.floor(pixel / 4)}[${pixel % 4}];`)}
    }
    workgroupBarrier();
  }
  var sums = array<vec4f, ${pixelQuads * 4 * channelQuads}>(
${square((pixel, quad) => `    sum${pixel}_${quad},`)}
  );
  for (var i = ${OPAQUE_ZERO}; i < ${pixelQuads * 4}u; i++) {
    let pixel = tilePixel + (i / 4u * ${threadsAcross}u + across) * 4u + i % 4u;
    if (pixel >= ${pixels}u) { break; }
    let image = pixel / ${oh * ow}u;
    let place = pixel % ${oh * ow}u;
    for (var j = ${OPAQUE_ZERO}; j < ${channelQuads * 4}u; j++) {
      let out = (block * ${weightRow}u + down + j / 4u * ${threadsDown}u) * 4u + j % 4u;
      if (out >= ${k}u) { break; }
      ${tail.beside === undefined ? '' : `sums[i * ${channelQuads}u + j / 4u][j % 4u] = `}finish(vec4u(image, out, place / ${ow}u, place % ${ow}u), (image * ${k}u + out) * ${oh * ow}u + place, sums[i * ${channelQuads}u + j / 4u][j % 4u]);
    }
  }${tail.beside?.has('moments') ? momentsText(tile, spec, blocks) : ''}
}`,
  }
}
