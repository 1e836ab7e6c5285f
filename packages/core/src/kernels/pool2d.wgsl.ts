import { padToFour, sizeOf } from '../shape.ts'
import type { PoolAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, unflatten } from './kernel.ts'
import { largestOf } from './nan.ts'
import type { Tiling } from './windows.ts'
import { firstMaximumFunction, firstMaximumOf, pixelAtFunction, tilingOf, windowBounds } from './windows.ts'

/** Window `window` of a thread of tiled windows: its place in the result, and its index. */
const windowOf = ({ windows }: Tiling, window: number): readonly [at: string, i: string] =>
  windows === 1 ? ['at', 'id'] : [`vec4u(at.xyz, at.w * 2u + ${window}u)`, `id * 2u + ${window}u`]

/** Calls `finish` for a window of a thread of tiled windows. */
const finishWindow = (tiling: Tiling, window: number, value: string): string =>
  `finish(${windowOf(tiling, window).join(', ')}, ${value});`

/** One value for each of the windows that tile x. */
export const tiledPool = (
  name: string,
  tiling: Tiling,
  tail: Tail,
  valueOf: (pixels: readonly string[]) => string,
): Kernel => tiledWindows(name, tiling, tail, (window) => finishWindow(tiling, window, valueOf(tiling.pixels(window))))

/** A kernel that reads the windows that tile x, several a thread, and does with each what `textOf` says. */
function tiledWindows(name: string, tiling: Tiling, tail: Tail, textOf: (window: number) => string): Kernel {
  return flatKernel(
    `${name} tiled ${tiling.row}`,
    sizeOf(tiling.threads),
    `${binding(0, 'x', tiling.row)}
${tail.declarations(1)}`,
    `  ${unflatten('id', tiling.threads)}
  ${tiling.readRows('x')}
  ${Array.from({ length: tiling.windows }, (_, window) => textOf(window)).join('\n  ')}`,
  )
}

/** Maximum of every window of x, and where in the window it is if that is wanted. Bindings: 0 x, tail from 1. */
export function maxPool2dKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [image = []] = spec.inputs
  const [, , h, w] = padToFour(image)
  const tiling = tilingOf(image, spec.attributes)
  if (tiling && tail.beside === undefined)
    return tiledPool('maxPool2d', tiling, tail, (pixels) => largestOf(pixels, 'f32'))
  if (tiling)
    return tiledWindows('maxPool2d with places', tiling, tail, (window) => {
      const [at, i] = windowOf(tiling, window)
      return `{
    ${firstMaximumOf(tiling.pixels(window))}
    finish(${at}, ${i}, best);
    argmax(${i}, winner);
  }`
    })
  const output = padToFour(spec.output)
  return flatKernel(
    `maxPool2d${tail.beside === undefined ? '' : ' with places'}`,
    sizeOf(output),
    `${binding(0, 'x')}
${tail.declarations(1)}
${firstMaximumFunction(h, w, spec.attributes)}`,
    `  ${unflatten('id', output)}
  let plane = id / ${output[2] * output[3]}u;
  let place = firstMaximum(plane, at.z, at.w);
  finish(at, id, x[pixelAt(plane, at.z, at.w, place)]);
  ${tail.beside === undefined ? '' : 'argmax(id, f32(place));'}`,
  )
}

/** Where in every window of x its first maximum is, as row * columns + column. Bindings: 0 x, tail from 1. */
export function maxPool2dArgmaxKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [, , h, w] = padToFour(spec.inputs[0] ?? [])
  const output = padToFour(spec.output)
  return flatKernel(
    'maxPool2dArgmax',
    sizeOf(output),
    `${binding(0, 'x')}
${tail.declarations(1)}
${firstMaximumFunction(h, w, spec.attributes)}`,
    `  ${unflatten('id', output)}
  finish(at, id, f32(firstMaximum(id / ${output[2] * output[3]}u, at.z, at.w)));`,
  )
}

/** g at the place of each window that was the largest there. Bindings: 0 places in the windows, 1 g, tail from 2. */
export function maxPool2dGatherKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [, , h, w] = padToFour(spec.inputs[1] ?? [])
  const output = padToFour(spec.output)
  return flatKernel(
    'maxPool2dGather',
    sizeOf(output),
    `${binding(0, 'places')}
${binding(1, 'g')}
${tail.declarations(2)}
${pixelAtFunction(h, w, spec.attributes)}`,
    `  ${unflatten('id', output)}
  finish(at, id, g[pixelAt(id / ${output[2] * output[3]}u, at.z, at.w, u32(places[id]))]);`,
  )
}

/** Mean of every window of x over the pixels inside the image. Bindings: 0 x, tail from 1. */
export function avgPool2dKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [image = []] = spec.inputs
  const [, , h, w] = padToFour(image)
  const tiling = tilingOf(image, spec.attributes)
  if (tiling) return tiledPool('avgPool2d', tiling, tail, (pixels) => `(${pixels.join(' + ')}) * ${1 / pixels.length}`)
  const output = padToFour(spec.output)
  return flatKernel(
    'avgPool2d',
    sizeOf(output),
    `${binding(0, 'x')}
${tail.declarations(1)}`,
    `  ${unflatten('id', output)}
  let plane = id / ${output[2] * output[3]}u;
  ${windowBounds('at.z', 'at.w', h, w, spec.attributes)}
  var sum = 0.0;
  for (var y = yBegin; y < yEnd; y++) {
    for (var column = xBegin; column < xEnd; column++) {
      sum += x[plane * ${h * w}u + y * ${w}u + column];
    }
  }
  finish(at, id, sum / f32((yEnd - yBegin) * (xEnd - xBegin)));`,
  )
}
