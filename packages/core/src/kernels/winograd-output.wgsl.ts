import { lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import type { ConvolutionSpec } from './convolution.ts'
import { binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { CHANNELS, float, type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64

/**
 * Summed products (`WinogradPlan.products`) to y [n, k, oh, ow]. A thread takes one tile of four channels, column by column.
 * Bindings: 0 products, tail from 1.
 */
export function winogradOutputKernel({ k, oh, ow }: ConvolutionSpec, plan: WinogradPlan, tail: Tail): Kernel {
  const { size, extent, tilesDown, tilesAcross, tiles } = plan
  const [, quads] = plan.products
  const used = Math.ceil(k / CHANNELS)
  const { output } = winogradMatrices(size)
  const { workgroups, linear } = dispatchFor(tiles * used, WORKGROUP_SIZE)
  const wide = size === 4 && ow % size === 0 ? tail.wideDeclarations?.(1) : undefined
  const place = (down: string, across: string): string =>
    `((image * ${k}u + quad * ${CHANNELS}u + channel) * ${oh}u + y0 + ${down}) * ${ow}u + x0${across}`
  return {
    name: `winograd ${size} output`,
    workgroups,
    wgsl: `${binding(0, 'products', 'vec4f')}
${wide ?? tail.declarations(1)}
const transform = array<f32, ${size * extent}>(${output.flat().map(float).join(', ')});

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  ${linear}
  if (id >= ${tiles * used}u) { return; }
  let tile = id % ${tiles}u;
  let quad = id / ${tiles}u;
  let image = tile / ${tilesDown * tilesAcross}u;
  let y0 = tile / ${tilesAcross}u % ${tilesDown}u * ${size}u;
  let x0 = tile % ${tilesAcross}u * ${size}u;
${lines(size ** 2, (p) => `  var sum${p} = vec4f();`)}
  for (var column = ${OPAQUE_ZERO}; column < ${extent}u; column++) {
${lines(extent, (i) => `    let product${i} = products[((${i * extent}u + column) * ${quads}u + quad) * ${tiles}u + tile];`)}
${lines(size, (i) => `    let across${i} = transform[${i * extent}u + column];`)}
${lines(
  size,
  (i) => `    let down${i} = ${weightedSum(
    output[i] ?? [],
    Array.from({ length: extent }, (_, q) => `product${q}`),
  )};
${lines(size, (j) => `    sum${i * size + j} += across${j} * down${i};`)}`,
)}
  }
  var sums = array<vec4f, ${size ** 2}>(${Array.from({ length: size ** 2 }, (_, p) => `sum${p}`).join(', ')});
  for (var down = ${OPAQUE_ZERO}; down < min(${size}u, ${oh}u - y0); down++) {
    for (var channel = ${OPAQUE_ZERO}; channel < min(${CHANNELS}u, ${k}u - quad * ${CHANNELS}u); channel++) {
      let i = ${place('down', '')};
      let at = vec4u(image, quad * ${CHANNELS}u + channel, y0 + down, x0);
${
  wide === undefined
    ? `      for (var across = ${OPAQUE_ZERO}; across < min(${size}u, ${ow}u - x0); across++) {
        finish(at + vec4u(0u, 0u, 0u, across), i + across, sums[down * ${size}u + across][channel]);
      }`
    : `      let row = down * ${size}u;
      finish(at, i, vec4f(sums[row][channel], sums[row + 1u][channel], sums[row + 2u][channel], sums[row + 3u][channel]));`
}
    }
  }
}`,
  }
}
