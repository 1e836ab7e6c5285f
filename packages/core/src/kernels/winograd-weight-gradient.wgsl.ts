import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { ConvolutionSpec } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64
/** Tiles whose products a sum takes in at once. */
const AT_ONCE = 4

/**
 * Transformed dy times transformed x, summed over the tiles, to [extent^2, k, c / 4, 4]: lanes are input channels, four each,
 * and dy of a tile for each lane is loaded by all together and handed round.
 * Bindings: 0 transformed x, 1 transformed dy, tail from 2.
 * @param lanes the size of a subgroup; @param outputs output channels of a workgroup, a multiple of 4.
 */
export function winogradGradientProduct(
  { k }: ConvolutionSpec,
  { size, extent, tiles, inputQuads }: WinogradPlan,
  lanes: number,
  outputs: number,
  tail: Tail,
): Kernel {
  const outputQuads = Math.ceil(k / CHANNELS)
  const quads = outputs / CHANNELS
  const blocks = Math.ceil(k / outputs)
  const inputBlocks = Math.ceil(inputQuads / lanes)
  const { workgroups, text } = dispatchGroups(extent ** 2 * blocks * inputBlocks)
  const wide = tail.wideDeclarations?.(2)
  const terms = (to: number): string => {
    const shares = Array.from({ length: AT_ONCE }, (_, j) => `v${j} * d${j}`)
    return shares.reduce((sum, share) => `(${sum} + ${share})`, `sum${to}`)
  }
  return {
    name: `winograd ${size} gradient product ${outputs}`,
    workgroups,
    wgsl: `enable subgroups;
${binding(0, 'inputs', 'vec4f')}
${binding(1, 'gradients', 'vec4f')}
${wide ?? tail.declarations(2)}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  ${text}
  let quad0 = group % ${blocks}u * ${quads}u;
  let into = (group / ${blocks}u) % ${inputBlocks}u * ${lanes}u + lane;
  let element = group / ${blocks * inputBlocks}u;
  let exists = into < ${inputQuads}u;
${lines(outputs, (to) => `  var sum${to} = vec4f();`)}
  for (var tile0 = ${OPAQUE_ZERO}; tile0 < ${tiles}u; tile0 += ${lanes}u) {
${lines(
  quads,
  (q) => `    var g${q} = vec4f();
    if (tile0 + lane < ${tiles}u && quad0 + ${q}u < ${outputQuads}u) { g${q} = gradients[(element * ${outputQuads}u + quad0 + ${q}u) * ${tiles}u + tile0 + lane]; }`,
)}
    for (var t = ${OPAQUE_ZERO}; t < ${lanes}u; t += ${AT_ONCE}u) {
      let at = (element * ${inputQuads}u + into) * ${tiles}u + tile0 + t;
${lines(AT_ONCE, (j) => `      var v${j} = vec4f();\n      if (exists && tile0 + t + ${j}u < ${tiles}u) { v${j} = inputs[at + ${j}u]; }`)}
${lines(
  outputs,
  (to) => `      {
${lines(AT_ONCE, (j) => `        let d${j} = subgroupShuffle(g${Math.floor(to / CHANNELS)}.${'xyzw'.charAt(to % CHANNELS)}, t + ${j}u);`)}
        sum${to} = ${terms(to)};
      }`,
)}
    }
  }
  var sums = array<vec4f, ${outputs}>(${Array.from({ length: outputs }, (_, to) => `sum${to}`).join(', ')});
  let limit = select(0u, min(${outputs}u, ${k}u - quad0 * ${CHANNELS}u), exists);
  for (var place = ${OPAQUE_ZERO}; place < limit; place++) {
    let out = quad0 * ${CHANNELS}u + place;
    let i = ((element * ${k}u + out) * ${inputQuads}u + into) * ${CHANNELS}u;
    ${wide === undefined ? `for (var j = ${OPAQUE_ZERO}; j < ${CHANNELS}u; j++) { finish(vec4u(element, out, into, j), i + j, sums[place][j]); }` : 'finish(vec4u(element, out, into, 0u), i, sums[place]);'}
  }
}`,
  }
}

/** Products [extent^2, k, c / 4, 4] to the gradient of the weights [k, c, 3, 3]. Bindings: 0 products, tail from 1. */
export function winogradGradientOutput(
  { k, c, r }: ConvolutionSpec,
  { size, extent, inputQuads }: WinogradPlan,
  tail: Tail,
): Kernel {
  const { output } = winogradMatrices(r, size)
  const { workgroups, linear } = dispatchFor(k * c, WORKGROUP_SIZE)
  const stride = k * inputQuads * CHANNELS
  const names = (of: (q: number) => string): string[] => Array.from({ length: extent }, (_, q) => of(q))
  const results = Array.from({ length: r * r }, (_, tap) =>
    weightedSum(
      output[tap % r] ?? [],
      names((q) => `down${Math.floor(tap / r)}_${q}`),
    ),
  )
  return {
    name: `winograd ${size} gradient output`,
    workgroups,
    wgsl: `${binding(0, 'products')}
${tail.declarations(1)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${k * c}u) { return; }
  let at = id / ${c}u * ${inputQuads * CHANNELS}u + id % ${c}u;
${lines(extent ** 2, (e) => `  let product${e} = products[at + ${e * stride}u];`)}
${lines(r, (i) =>
  lines(
    extent,
    (j) =>
      `  let down${i}_${j} = ${weightedSum(
        output[i] ?? [],
        names((q) => `product${q * extent + j}`),
      )};`,
  ),
)}
  var results = array<f32, ${r * r}>(
${results.map((result) => `    ${result},`).join('\n')}
  );
  for (var tap = ${OPAQUE_ZERO}; tap < ${r * r}u; tap++) {
    finish(vec4u(id / ${c}u, id % ${c}u, tap / ${r}u, tap % ${r}u), id * ${r * r}u + tap, results[tap]);
  }
}`,
  }
}
