import { dispatchGroups, lines, OPAQUE_ZERO } from './conv2d-geometry.ts'
import { fixedSubgroupSize } from './conv2d-row-lanes.ts'
import type { ConvolutionSpec } from './convolution.ts'
import { type AdapterTraits, binding, dispatchFor, type Kernel, type Tail } from './kernel.ts'
import { maximumBeside } from './windows.ts'
import { CHANNELS, float, type WinogradPlan, weightedSum, winogradMatrices } from './winograd.ts'

const WORKGROUP_SIZE = 64

/** A subgroup joins the moments of its lanes' tiles; without one subgroup size none are given. */
export function winogradMomentParts({ tiles }: WinogradPlan, adapter: AdapterTraits): number | undefined {
  const lanes = fixedSubgroupSize(adapter)
  return lanes === undefined ? undefined : Math.ceil(tiles / lanes)
}

/** A thread for each tile of each four channels. */
function threadsOf(tiles: number, quads: number): Pick<Kernel, 'workgroups'> & { readonly locate: string } {
  const { workgroups, linear } = dispatchFor(tiles * quads, WORKGROUP_SIZE)
  const locate = `${linear}
  if (id >= ${tiles * quads}u) { return; }
  let tile = id % ${tiles}u;
  let quad = id / ${tiles}u;`
  return { workgroups, locate }
}

/** A subgroup, all of whose lanes go on to the end, for as many tiles of the same four channels; some may not exist. */
function subgroupsOf(tiles: number, quads: number, lanes: number): ReturnType<typeof threadsOf> {
  const parts = Math.ceil(tiles / lanes)
  const { workgroups, text } = dispatchGroups(parts * quads)
  const locate = `${text}
  let part = group % ${parts}u;
  let quad = group / ${parts}u;
  let exists = part * ${lanes}u + local < ${tiles}u;
  let tile = min(part * ${lanes}u + local, ${tiles - 1}u);`
  return { workgroups, locate }
}

/**
 * Summed products (`WinogradPlan.products`) to y [n, k, oh, ow]. A thread takes one tile of four channels, column by column.
 * Bindings: 0 products, tail from 1.
 */
export function winogradOutputKernel(
  { k, oh, ow }: ConvolutionSpec,
  plan: WinogradPlan,
  adapter: AdapterTraits,
  tail: Tail,
): Kernel {
  const { size, extent, tilesDown, tilesAcross, tiles } = plan
  const [, quads] = plan.products
  const used = Math.ceil(k / CHANNELS)
  const { output } = winogradMatrices(size)
  // Where moments are wanted a workgroup is a subgroup, whose tiles are of the same channels.
  const lanes = tail.beside?.has('moments') ? fixedSubgroupSize(adapter) : undefined
  const pools = tail.beside?.has('maxima') === true
  const { workgroups, locate } = lanes === undefined ? threadsOf(tiles, used) : subgroupsOf(tiles, used, lanes)
  const wide = size === 4 && ow % size === 0 ? tail.wideDeclarations?.(1, 2) : undefined
  const place = (down: string, across: string): string =>
    `((image * ${k}u + quad * ${CHANNELS}u + channel) * ${oh}u + y0 + ${down}) * ${ow}u + x0${across}`
  const overPixels = (statement: string): string => `  for (var down = ${OPAQUE_ZERO}; down < rowsInside; down++) {
    for (var across = ${OPAQUE_ZERO}; across < min(${size}u, ${ow}u - x0); across++) { ${statement} }
  }`
  const momentsText = (): string => `
  let count = subgroupAdd(f32(rowsInside * min(${size}u, ${ow}u - x0)));
  var total = vec4f();
${overPixels(`total += sums[down * ${size}u + across];`)}
  let mean = subgroupAdd(total) / max(count, 1.0);
  var squares = vec4f();
${overPixels(`let distance = sums[down * ${size}u + across] - mean; squares += distance * distance;`)}
  let squaresOfAll = subgroupAdd(squares);
  for (var channel = ${OPAQUE_ZERO}; local == 0u && channel < min(${CHANNELS}u, ${k}u - quad * ${CHANNELS}u); channel++) {
    moments(quad * ${CHANNELS}u + channel, part, count, mean[channel], squaresOfAll[channel]);
  }`
  const perRow = (
    step: 1 | 2,
    text: string,
  ): string => `  for (var down = ${OPAQUE_ZERO}; down < rowsInside; down += ${step}u) {
    for (var channel = ${OPAQUE_ZERO}; channel < min(${CHANNELS}u, ${k}u - quad * ${CHANNELS}u); channel++) {
      let i = ${place('down', '')};
      let at = vec4u(image, quad * ${CHANNELS}u + channel, y0 + down, x0);
      let row = down * ${size}u;
${text}
    }
  }`
  const finishText = (): string =>
    perRow(
      1,
      wide === undefined
        ? `      for (var across = ${OPAQUE_ZERO}; across < min(${size}u, ${ow}u - x0); across++) {
        ${lanes === undefined ? '' : 'sums[row + across][channel] = '}finish(at + vec4u(0u, 0u, 0u, across), i + across, sums[row + across][channel]);
      }`
        : `      ${lanes === undefined ? '' : 'let stored = '}finish(at, i, vec4f(sums[row][channel], sums[row + 1u][channel], sums[row + 2u][channel], sums[row + 3u][channel]));${
            lanes === undefined ? '' : lines(4, (i) => `      sums[row + ${i}u][channel] = stored[${i}];`)
          }`,
    )
  /** Finishes two rows at a time and gives the maxima of their windows, which a tile holds whole. */
  const finishPooled = (): string => {
    const window = `((image * ${k}u + quad * ${CHANNELS}u + channel) * ${oh / 2}u + (y0 + down) / 2u) * ${ow / 2}u + x0 / 2u`
    const pixel = (y: number, across: string): string =>
      `finish(at + vec4u(0u, 0u, ${y}u, ${across}), i + ${y * ow}u + ${across}, sums[row + ${y * size}u + ${across}][channel])`
    const rowOf = (y: number): string => {
      const pixels = [0, 1, 2, 3].map((across) => `sums[row + ${y * size + across}u][channel]`)
      return `finish(at + vec4u(0u, 0u, ${y}u, 0u), i + ${y * ow}u, vec4f(${pixels.join(', ')}))`
    }
    const pixels = [0, 1].flatMap((y) => ['across', 'across + 1u'].map((across) => pixel(y, across)))
    return perRow(
      2,
      wide === undefined
        ? `      for (var across = ${OPAQUE_ZERO}; across < min(${size}u, ${ow}u - x0); across += 2u) {
        ${maximumBeside(tail, `${window} + across / 2u`, pixels, 1)}
      }`
        : `      let upper = ${rowOf(0)};
      let lower = ${rowOf(1)};
      ${maximumBeside(tail, window, ['upper.xz', 'upper.yw', 'lower.xz', 'lower.yw'], 2)}`,
    )
  }
  return {
    name: `winograd ${size} output${pools ? ', pooled' : ''}`,
    workgroups,
    wgsl: `${lanes === undefined ? '' : 'enable subgroups;\n'}${binding(0, 'products', 'vec4f')}
${wide ?? tail.declarations(1)}
const transform = array<f32, ${size * extent}>(${output.flat().map(float).join(', ')});

@compute @workgroup_size(${lanes ?? WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  ${locate}
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
  let rowsInside = ${lanes === undefined ? '' : 'select(0u, 1u, exists) * '}min(${size}u, ${oh}u - y0);
${pools ? finishPooled() : finishText()}${lanes === undefined ? '' : momentsText()}
}`,
  }
}
