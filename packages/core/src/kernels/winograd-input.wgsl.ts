import { lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { ConvolutionSpec } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, float, type Matrix, type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64

/** An image that is cut into tiles, which are transformed. */
interface TiledImage {
  readonly name: string
  readonly channels: number
  readonly h: number
  readonly w: number
  /** Where the first tile begins, outside the image. */
  readonly top: number
  readonly left: number
  /** [extent of the plan, pixels of a tile in each direction] */
  readonly matrix: Matrix
}

/** x [n, c, h, w] to transformed tiles (`WinogradPlan.input`). Bindings: 0 x, tail from 1. */
export function winogradInputKernel(spec: ConvolutionSpec, plan: WinogradPlan, tail: Tail): Kernel {
  const { c: channels, h, w, padding } = spec
  const { input: matrix } = winogradMatrices(plan.size)
  return tilesKernel({ name: 'input', channels, h, w, top: padding.top, left: padding.left, matrix }, plan, tail)
}

/**
 * dy [n, k, oh, ow] to tiles [extent^2, k / 4, tiles, 4] transformed as the taps of a convolution of x whose outputs are the
 * weights' gradients. Bindings: 0 dy, tail from 1.
 */
export function winogradGradientKernel(spec: ConvolutionSpec, plan: WinogradPlan, tail: Tail): Kernel {
  const { k: channels, oh: h, ow: w, r } = spec
  const { kernel: matrix } = winogradMatrices(r, plan.size)
  return tilesKernel({ name: 'gradient', channels, h, w, top: 0, left: 0, matrix }, plan, tail)
}

/** A thread takes one tile of four channels, column by column, so that the text stays short. */
function tilesKernel({ name, channels, h, w, top, left, matrix }: TiledImage, plan: WinogradPlan, tail: Tail): Kernel {
  const { size, extent, tilesDown, tilesAcross, tiles } = plan
  const quads = Math.ceil(channels / CHANNELS)
  const reach = matrix[0]?.length ?? 0
  const { workgroups, linear } = dispatchFor(tiles * quads, WORKGROUP_SIZE)
  const wide = tail.wideDeclarations?.(1)
  const isWhole = channels % CHANNELS === 0
  // Without `&&`, which would branch: compilers of processors take minutes for so many branches around so many sums.
  const pixelText = (i: number, j: number): string =>
    `select(0.0, x[start${i} + ${j * h * w}u + u32(at)], inside${i} & within${isWhole ? '' : ` & exists${j}`})`
  const pixels = Array.from({ length: reach }, (_, q) => `pixel${q}`)
  return {
    name: `winograd ${size} ${name}`,
    workgroups,
    wgsl: `${binding(0, 'x')}
${wide ?? tail.declarations(1)}
const transform = array<f32, ${extent * reach}>(${matrix.flat().map(float).join(', ')});

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${tiles * quads}u) { return; }
  let tile = id % ${tiles}u;
  let quad = id / ${tiles}u;
  let plane = (tile / ${tilesDown * tilesAcross}u * ${channels}u + quad * ${CHANNELS}u) * ${h * w}u;
  let y0 = i32(tile / ${tilesAcross}u % ${tilesDown}u * ${size}u) - ${top};
  let x0 = i32(tile % ${tilesAcross}u * ${size}u) - ${left};
${isWhole ? '' : lines(CHANNELS, (j) => `  let exists${j} = quad * ${CHANNELS}u + ${j}u < ${channels}u;`)}
${lines(reach, (i) => `  let start${i} = plane + u32((y0 + ${i}) * ${w});\n  let inside${i} = (y0 + ${i} >= 0) & (y0 + ${i} < ${h});`)}
${lines(extent ** 2, (e) => `  var sum${e} = vec4f();`)}
  for (var column = ${OPAQUE_ZERO}; column < ${reach}u; column++) {
    let at = x0 + i32(column);
    let within = (at >= 0) & (at < ${w});
${lines(reach, (i) => `    let pixel${i} = vec4f(${[0, 1, 2, 3].map((j) => pixelText(i, j)).join(', ')});`)}
${lines(extent, (i) => `    let across${i} = transform[${i * reach}u + column];`)}
${lines(
  extent,
  (i) => `    let down${i} = ${weightedSum(matrix[i] ?? [], pixels)};
${lines(extent, (j) => `    sum${i * extent + j} += across${j} * down${i};`)}`,
)}
  }
  var sums = array<vec4f, ${extent ** 2}>(${Array.from({ length: extent ** 2 }, (_, e) => `sum${e}`).join(', ')});
  for (var e = ${OPAQUE_ZERO}; e < ${extent ** 2}u; e++) {
    let i = ((e * ${quads}u + quad) * ${tiles}u + tile) * ${CHANNELS}u;
    ${wide === undefined ? `for (var j = ${OPAQUE_ZERO}; j < ${CHANNELS}u; j++) { finish(vec4u(e, quad, tile, j), i + j, sums[e][j]); }` : 'finish(vec4u(e, quad, tile, 0u), i, sums[e]);'}
  }
}`,
  }
}
