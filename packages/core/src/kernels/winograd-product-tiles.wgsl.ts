import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { type AdapterTraits, binding, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, type WinogradPlan } from './winograd.ts'

const THREADS_DOWN = 8
const THREADS_ACROSS = 8
const THREADS = THREADS_DOWN * THREADS_ACROSS
/** Input channels, in fours, summed between two loads of the tiles. */
const DEPTH_QUADS = 4

/**
 * Transformed weights times transformed input, by tiles in workgroup memory: a thread sums `channelQuads` x 4 output channels
 * of `groups` tiles. Bindings: 0 transformed input, 1 transformed weights, tail from 2. The plan's block must be
 * 32 * channelQuads.
 */
export function winogradTileProduct(
  plan: WinogradPlan,
  { channelQuads, groups }: { channelQuads: number; groups: number },
  adapter: AdapterTraits,
  tail: Tail,
): Kernel {
  const { size, extent, tiles, inputQuads, blocks, block } = plan
  const quads = block / CHANNELS
  const across = THREADS_ACROSS * groups
  const tileGroups = Math.ceil(tiles / across)
  const { workgroups, text } = dispatchGroups(extent ** 2 * blocks * tileGroups)
  const wide = tail.wideDeclarations?.(2)
  // Graphics cards gain from unrolled loops over the tiles, processors lose seconds of compilation.
  const zero = adapter.kind === 'hardware' ? '0u' : OPAQUE_ZERO
  const square = (line: (q: number, g: number) => string): string =>
    lines(channelQuads, (q) => lines(groups, (g) => line(q, g)))
  return {
    name: `winograd ${size} product tiles ${block}x${across}`,
    workgroups,
    wgsl: `${binding(0, 'inputs', 'vec4f')}
${binding(1, 'weights', 'vec4f')}
${wide ?? tail.declarations(2)}
var<workgroup> weightTile: array<vec4f, ${DEPTH_QUADS * CHANNELS * quads}>;
var<workgroup> inputTile: array<vec4f, ${DEPTH_QUADS * across}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  ${text}
  let block = group % ${blocks}u;
  let firstTile = (group / ${blocks}u) % ${tileGroups}u * ${across}u;
  let element = group / ${blocks * tileGroups}u;
  let down = local / ${THREADS_ACROSS}u;
  let across = local % ${THREADS_ACROSS}u;
${square((q, g) => `  var sum${q}_${g} = vec4f();`)}
  for (var quad = ${OPAQUE_ZERO}; quad < ${inputQuads}u; quad += ${DEPTH_QUADS}u) {
    for (var i = local + ${zero}; i < ${DEPTH_QUADS * CHANNELS * quads}u; i += ${THREADS}u) {
      let inside = quad + i / ${CHANNELS * quads}u < ${inputQuads}u;
      weightTile[i] = select(vec4f(), weights[((element * ${blocks}u + block) * ${inputQuads}u + quad) * ${CHANNELS * quads}u + i], inside);
    }
    for (var i = local + ${zero}; i < ${DEPTH_QUADS * across}u; i += ${THREADS}u) {
      let into = quad + i / ${across}u;
      let tile = firstTile + i % ${across}u;
      inputTile[i] = select(vec4f(), inputs[(element * ${inputQuads}u + into) * ${tiles}u + tile], into < ${inputQuads}u && tile < ${tiles}u);
    }
    workgroupBarrier();
    for (var depth = ${zero}; depth < ${DEPTH_QUADS}u; depth++) {
${lines(groups, (g) => `      let v${g} = inputTile[depth * ${across}u + across + ${g * THREADS_ACROSS}u];`)}
${lines(CHANNELS, (from) =>
  lines(
    channelQuads,
    (q) => `      {
        let k = weightTile[(depth * ${CHANNELS}u + ${from}u) * ${quads}u + down + ${q * THREADS_DOWN}u];
${lines(groups, (g) => `        sum${q}_${g} += k * v${g}.${'xyzw'.charAt(from)};`)}
      }`,
  ),
)}
    }
    workgroupBarrier();
  }
  var sums = array<vec4f, ${channelQuads * groups}>(
${square((q, g) => `    sum${q}_${g},`)}
  );
  for (var place = ${OPAQUE_ZERO}; place < ${channelQuads * groups}u; place++) {
    let out = block * ${quads}u + down + place / ${groups}u * ${THREADS_DOWN}u;
    let to = firstTile + across + place % ${groups}u * ${THREADS_ACROSS}u;
    if (to >= ${tiles}u) { continue; }
    let i = ((element * ${blocks * quads}u + out) * ${tiles}u + to) * ${CHANNELS}u;
    ${wide === undefined ? `for (var j = ${OPAQUE_ZERO}; j < ${CHANNELS}u; j++) { finish(vec4u(element, out, to, j), i + j, sums[place][j]); }` : 'finish(vec4u(element, out, to, 0u), i, sums[place]);'}
  }
}`,
  }
}
