import { lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64
const TAPS = 3

/**
 * Weights [k, c, 3, 3] to transformed ones (`WinogradPlan.weights`), with zeros for channels that do not exist;
 * `transposed` for the input gradient: the channels change places and the taps are flipped. Bindings: 0 weights, tail from 1.
 * @param outputs output channels of the convolution that the plan is for; @param inputs its input channels.
 */
export function winogradWeightsKernel(
  { outputs, inputs, transposed }: { outputs: number; inputs: number; transposed: boolean },
  plan: WinogradPlan,
  tail: Tail,
): Kernel {
  const { size, extent, blocks, block } = plan
  const [, , into] = plan.weights
  const { kernel } = winogradMatrices(size)
  const threads = blocks * into * block
  const { workgroups, linear } = dispatchFor(threads, WORKGROUP_SIZE)
  const tapOf = (ty: number, tx: number): number => (transposed ? 8 - (ty * TAPS + tx) : ty * TAPS + tx)
  const first = transposed ? `(into * ${outputs}u + to) * 9u` : `(to * ${inputs}u + into) * 9u`
  const results = Array.from({ length: extent ** 2 }, (_, e) => {
    const [i, j] = [Math.floor(e / extent), e % extent]
    return weightedSum(
      kernel[j] ?? [],
      Array.from({ length: TAPS }, (_, tx) => `down${i}_${tx}`),
    )
  })
  return {
    name: `winograd ${size} weights${transposed ? ' transposed' : ''}`,
    workgroups,
    wgsl: `${binding(0, 'w')}
${tail.declarations(1)}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${threads}u) { return; }
  let to = id / ${block * into}u * ${block}u + id % ${block}u;
  let into = id / ${block}u % ${into}u;
  let exists = to < ${outputs}u && into < ${inputs}u;
${lines(TAPS, (ty) => lines(TAPS, (tx) => `  let tap${ty}_${tx} = select(0.0, w[${first} + ${tapOf(ty, tx)}u], exists);`))}
${lines(extent, (i) =>
  lines(
    TAPS,
    (tx) =>
      `  let down${i}_${tx} = ${weightedSum(
        kernel[i] ?? [],
        [0, 1, 2].map((ty) => `tap${ty}_${tx}`),
      )};`,
  ),
)}
  var results = array<f32, ${extent ** 2}>(
${results.map((result) => `    ${result},`).join('\n')}
  );
  for (var e = ${OPAQUE_ZERO}; e < ${extent ** 2}u; e++) {
    finish(vec4u(e, id / ${block * into}u, into, id % ${block}u), e * ${threads}u + id, results[e]);
  }
}`,
  }
}
