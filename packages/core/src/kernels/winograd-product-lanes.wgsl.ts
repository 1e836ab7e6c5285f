import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { binding, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, type WinogradPlan } from './winograd.ts'

/**
 * Transformed weights times transformed input, by subgroups: lanes are tiles, each loads four input channels at once, and
 * the weights are loaded by all lanes together and broadcast. Bindings: 0 transformed input, 1 transformed weights, tail from 2.
 * @param lanes the size of a subgroup; @param groups tiles of each lane, one row of lanes apart.
 */
export function winogradLaneProduct(plan: WinogradPlan, lanes: number, groups: number, tail: Tail): Kernel {
  const { size, extent, tiles, inputQuads, blocks, block } = plan
  const tileGroups = Math.ceil(tiles / (lanes * groups))
  const { workgroups, text } = dispatchGroups(extent ** 2 * blocks * tileGroups)
  const weightVectors = block
  const weightLoads = Math.ceil(weightVectors / lanes)
  const wide = tail.wideDeclarations?.(2)
  const quads = block / CHANNELS
  /** Weight from input channel `from` of the four to channel `to` of the block. */
  const weight = (from: number, to: number): string => {
    const vector = Math.floor((from * block + to) / 4)
    return `subgroupBroadcast(w${Math.floor(vector / lanes)}.${'xyzw'.charAt(to % 4)}, ${vector % lanes}u)`
  }
  const sum = (to: number, group: number): string => `sum${to}_${group}`
  return {
    name: `winograd ${size} product ${block}x${groups}`,
    workgroups,
    wgsl: `enable subgroups;
${binding(0, 'inputs', 'vec4f')}
${binding(1, 'weights', 'vec4f')}
${wide ?? tail.declarations(2)}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  ${text}
  let block = group % ${blocks}u;
  let tile = (group / ${blocks}u) % ${tileGroups}u * ${lanes * groups}u + lane;
  let element = group / ${blocks * tileGroups}u;
${lines(groups, (g) => `  let exists${g} = tile + ${g * lanes}u < ${tiles}u;`)}
${lines(block, (to) => lines(groups, (g) => `  var ${sum(to, g)} = 0.0;`))}
  for (var quad = ${OPAQUE_ZERO}; quad < ${inputQuads}u; quad++) {
    let at = (element * ${inputQuads}u + quad) * ${tiles}u + tile;
    let first = ((element * ${blocks}u + block) * ${inputQuads}u + quad) * ${weightVectors}u + lane;
${lines(weightLoads, (m) => {
  const left = weightVectors - m * lanes
  const load = `w${m} = weights[first + ${m * lanes}u];`
  return left >= lanes ? `    let ${load}` : `    var w${m} = vec4f();\n    if (lane < ${left}u) { ${load} }`
})}
${lines(groups, (g) => `    var v${g} = vec4f();\n    if (exists${g}) { v${g} = inputs[at + ${g * lanes}u]; }`)}
${lines(
  block,
  (to) => `    {
${lines(CHANNELS, (from) => `      let k${from} = ${weight(from, to)};`)}
${lines(groups, (g) => `      ${sum(to, g)} = (((${sum(to, g)} + v${g}.x * k0) + v${g}.y * k1) + v${g}.z * k2) + v${g}.w * k3;`)}
    }`,
)}
  }
  var sums = array<vec4f, ${groups * quads}>(
${lines(groups, (g) => lines(quads, (q) => `    vec4f(${[0, 1, 2, 3].map((j) => sum(q * 4 + j, g)).join(', ')}),`))}
  );
  for (var place = ${OPAQUE_ZERO}; place < ${groups * quads}u; place++) {
    let out = block * ${quads}u + place % ${quads}u;
    let to = tile + place / ${quads}u * ${lanes}u;
    if (to >= ${tiles}u) { break; }
    let i = ((element * ${blocks * quads}u + out) * ${tiles}u + to) * ${CHANNELS}u;
    ${wide === undefined ? `for (var j = ${OPAQUE_ZERO}; j < ${CHANNELS}u; j++) { finish(vec4u(element, out, to, j), i + j, sums[place][j]); }` : 'finish(vec4u(element, out, to, 0u), i, sums[place]);'}
  }
}`,
  }
}
