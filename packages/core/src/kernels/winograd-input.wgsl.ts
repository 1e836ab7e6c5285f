import { lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { ConvolutionSpec } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, float, type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64

/**
 * x [n, c, h, w] to transformed tiles (`WinogradPlan.input`). A thread takes one tile of four channels, column by column, so
 * that the text stays short. Bindings: 0 x, tail from 1.
 */
export function winogradInputKernel(spec: ConvolutionSpec, plan: WinogradPlan, tail: Tail): Kernel {
  const { c, h, w, padding } = spec
  const { size, extent, tilesDown, tilesAcross, tiles, inputQuads } = plan
  const { input } = winogradMatrices(size)
  const { workgroups, linear } = dispatchFor(tiles * inputQuads, WORKGROUP_SIZE)
  const wide = tail.wideDeclarations?.(1)
  return {
    name: `winograd ${size} input`,
    workgroups,
    wgsl: `${binding(0, 'x')}
${wide ?? tail.declarations(1)}
const transform = array<f32, ${extent ** 2}>(${input.flat().map(float).join(', ')});

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${tiles * inputQuads}u) { return; }
  let tile = id % ${tiles}u;
  let quad = id / ${tiles}u;
  let plane = (tile / ${tilesDown * tilesAcross}u * ${c}u + quad * ${CHANNELS}u) * ${h * w}u;
  let y0 = i32(tile / ${tilesAcross}u % ${tilesDown}u * ${size}u) - ${padding.top};
  let x0 = i32(tile % ${tilesAcross}u * ${size}u) - ${padding.left};
${c % CHANNELS === 0 ? '' : lines(CHANNELS, (j) => `  let exists${j} = quad * ${CHANNELS}u + ${j}u < ${c}u;`)}
${lines(extent, (i) => `  let start${i} = plane + u32((y0 + ${i}) * ${w});\n  let inside${i} = (y0 + ${i} >= 0) & (y0 + ${i} < ${h});`)}
${lines(extent ** 2, (e) => `  var sum${e} = vec4f();`)}
  for (var column = ${OPAQUE_ZERO}; column < ${extent}u; column++) {
    let at = x0 + i32(column);
    let within = (at >= 0) & (at < ${w});
${lines(extent, (i) => {
  const channels = Array.from({ length: CHANNELS }, (_, j) => {
    // Without `&&`, which would branch: compilers of processors take minutes for so many branches around so many sums.
    const exists = c % CHANNELS === 0 ? '' : ` & exists${j}`
    return `select(0.0, x[start${i} + ${j * h * w}u + u32(at)], inside${i} & within${exists})`
  })
  return `    let pixel${i} = vec4f(${channels.join(', ')});`
})}
${lines(extent, (i) => `    let across${i} = transform[${i * extent}u + column];`)}
${lines(
  extent,
  (i) => `    let down${i} = ${weightedSum(
    input[i] ?? [],
    Array.from({ length: extent }, (_, q) => `pixel${q}`),
  )};
${lines(extent, (j) => `    sum${i * extent + j} += across${j} * down${i};`)}`,
)}
  }
  var sums = array<vec4f, ${extent ** 2}>(${Array.from({ length: extent ** 2 }, (_, e) => `sum${e}`).join(', ')});
  for (var e = ${OPAQUE_ZERO}; e < ${extent ** 2}u; e++) {
    let i = ((e * ${inputQuads}u + quad) * ${tiles}u + tile) * ${CHANNELS}u;
    ${wide === undefined ? `for (var j = ${OPAQUE_ZERO}; j < ${CHANNELS}u; j++) { finish(vec4u(e, quad, tile, j), i + j, sums[e][j]); }` : 'finish(vec4u(e, quad, tile, 0u), i, sums[e]);'}
  }
}`,
  }
}
