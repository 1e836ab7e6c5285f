import { padToFour, sizeOf } from '../shape.ts'
import type { PoolAttributes, PoolGradientAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, unflatten } from './kernel.ts'
import type { Tiling } from './windows.ts'
import { tilingOf, windowBounds } from './windows.ts'

/** Each window's dy added at its place that was the largest there. Bindings: 0 places in the windows, 1 dy, tail from 2. */
export function maxPool2dGradientKernel(spec: KernelSpec<PoolGradientAttributes>, tail: Tail): Kernel {
  const { attributes } = spec
  const image = padToFour(spec.output)
  const [, , oh, ow] = padToFour(spec.inputs[1] ?? [])
  const tiling = tilingOf(image, attributes)
  if (tiling) return tiledMaxPool2dGradient(tiling, image, attributes, tail)
  const declarations = `${binding(0, 'places')}
${binding(1, 'dy')}
${tail.declarations(2)}`
  const { size, stride, padding } = attributes
  const window = `(plane * ${oh}u + oy) * ${ow}u + ox`
  if (!overlap(attributes)) {
    return cellKernel('maxPool2dGradient cells', image, [oh, ow], attributes, declarations, {
      window: `winner = u32(places[${window}]);
    share = dy[${window}];`,
      takes: `column < ${size[1]}u && row * ${size[1]}u + column == winner`,
    })
  }
  return gatherKernel(
    'maxPool2dGradient overlapping',
    image,
    [oh, ow],
    attributes,
    declarations,
    `
      let row = at.z + ${padding.top}u - oy * ${stride[0]}u;
      let column = at.w + ${padding.left}u - ox * ${stride[1]}u;
      if (u32(places[${window}]) == row * ${size[1]}u + column) { sum += dy[${window}]; }`,
  )
}

/** Each window's dy shared by its pixels inside the image. Bindings: 0 dy, tail from 1. */
export function avgPool2dGradientKernel(spec: KernelSpec<PoolGradientAttributes>, tail: Tail): Kernel {
  const image = padToFour(spec.output)
  const [, , h, w] = image
  const [, , oh, ow] = padToFour(spec.inputs[0] ?? [])
  const declarations = `${binding(0, 'dy')}
${tail.declarations(1)}

/** What each pixel of a window receives. */
fn shareOf(plane: u32, oy: u32, ox: u32) -> f32 {
  ${windowBounds('oy', 'ox', h, w, spec.attributes)}
  return dy[(plane * ${oh}u + oy) * ${ow}u + ox] / f32((yEnd - yBegin) * (xEnd - xBegin));
}`
  if (!overlap(spec.attributes)) {
    return cellKernel('avgPool2dGradient cells', image, [oh, ow], spec.attributes, declarations, {
      window: 'share = shareOf(plane, oy, ox);',
      takes: `row < ${spec.attributes.size[0]}u && column < ${spec.attributes.size[1]}u`,
    })
  }
  return gatherKernel(
    'avgPool2dGradient overlapping',
    image,
    [oh, ow],
    spec.attributes,
    declarations,
    `
      sum += shareOf(plane, oy, ox);`,
  )
}

function overlap({ size, stride }: PoolAttributes): boolean {
  return stride[0] < size[0] || stride[1] < size[1]
}

/** One thread for the windows of one vector of the result, each of whose pixels is written once. */
function tiledMaxPool2dGradient(
  tiling: Tiling,
  image: readonly [number, number, number, number],
  { size: [rows, columns] }: PoolAttributes,
  tail: Tail,
): Kernel {
  const [, , , w] = image
  const finishes = Array.from({ length: tiling.windows * rows * columns }, (_, i) => {
    const window = Math.floor(i / (rows * columns))
    const p = i % (rows * columns)
    const y = Math.floor(p / columns)
    const x = window * columns + (p % columns)
    const share = `select(0.0, ${tiling.of('share', window)}, ${tiling.of('place', window)} == ${p}.0)`
    return `finish(corner + vec4u(0u, 0u, ${y}u, ${x}u), start + ${y * w + x}u, ${share});`
  })
  return flatKernel(
    `maxPool2dGradient tiled ${tiling.row}`,
    sizeOf(tiling.threads),
    `${binding(0, 'places', tiling.each)}
${binding(1, 'dy', tiling.each)}
${tail.declarations(2)}`,
    `  ${unflatten('id', tiling.threads)}
  let place = places[id];
  let share = dy[id];
  let corner = at * vec4u(1u, 1u, ${rows}u, ${columns * tiling.windows}u);
  let start = ${tiling.first} * ${columns * tiling.windows}u;
  ${finishes.join('\n  ')}`,
  )
}

/**
 * Windows that do not overlap: one thread a cell, which is a window and the pixels up to the next one.
 * Cells cover the whole image, also where no window fits any more. `text.window` sets `share` (and `winner`, a place
 * in the window) for window (oy, ox) of `plane`; `text.takes` says whether the pixel at (row, column) of the cell gets it.
 */
function cellKernel(
  name: string,
  image: readonly [number, number, number, number],
  [oh, ow]: readonly [number, number],
  { stride, padding }: PoolAttributes,
  declarations: string,
  text: { window: string; takes: string },
): Kernel {
  const [n, c, h, w] = image
  const cells = [n, c, Math.ceil((h + padding.top) / stride[0]), Math.ceil((w + padding.left) / stride[1])] as const
  return flatKernel(
    name,
    sizeOf(cells),
    declarations,
    `  ${unflatten('id', cells, 'cell')}
  let plane = cell.x * ${c}u + cell.y;
  let oy = cell.z;
  let ox = cell.w;
  var winner = 0u;
  var share = 0.0;
  if (oy < ${oh}u && ox < ${ow}u) {
    ${text.window}
  }
  for (var row = 0u; row < ${stride[0]}u; row++) {
    for (var column = 0u; column < ${stride[1]}u; column++) {
      // Pixels of the padding before the image wrap round to huge numbers.
      let y = oy * ${stride[0]}u + row - ${padding.top}u;
      let x = ox * ${stride[1]}u + column - ${padding.left}u;
      if (y >= ${h}u || x >= ${w}u) { continue; }
      let i = plane * ${h * w}u + y * ${w}u + x;
      finish(vec4u(cell.xy, y, x), i, select(0.0, share, ${text.takes}));
    }
  }`,
  )
}

/** Windows that overlap: one thread a pixel, over the windows that hold it. */
function gatherKernel(
  name: string,
  image: readonly [number, number, number, number],
  [oh, ow]: readonly [number, number],
  { size, stride, padding }: PoolAttributes,
  declarations: string,
  term: string,
): Kernel {
  const [, , h, w] = image
  const range = (
    axis: 'y' | 'x',
    position: string,
    before: number,
    length: number,
    step: number,
    count: number,
  ): string =>
    `let ${axis}First = (max(${position} + ${before + step}u, ${length}u) - ${length}u) / ${step}u;
  let ${axis}Last = min((${position} + ${before}u) / ${step}u, ${count - 1}u);`
  return flatKernel(
    name,
    sizeOf(image),
    declarations,
    `  ${unflatten('id', image)}
  let plane = id / ${h * w}u;
  ${range('y', 'at.z', padding.top, size[0], stride[0], oh)}
  ${range('x', 'at.w', padding.left, size[1], stride[1], ow)}
  var sum = 0.0;
  for (var oy = yFirst; oy <= yLast; oy++) {
    for (var ox = xFirst; ox <= xLast; ox++) {${term}
    }
  }
  finish(at, id, sum);`,
  )
}
