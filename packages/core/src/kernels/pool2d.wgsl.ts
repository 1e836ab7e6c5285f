import { padToFour, sizeOf } from '../shape.ts'
import type { PoolAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, unflatten } from './kernel.ts'
import type { Tiling } from './windows.ts'
import { firstMaximumFunction, tilingOf, windowBounds } from './windows.ts'

/** Calls `finish` for window `window` of a thread of tiled windows. */
export function finishWindow({ windows }: Tiling, window: number, value: string): string {
  const at = windows === 1 ? 'at' : `vec4u(at.xyz, at.w * 2u + ${window}u)`
  const i = windows === 1 ? 'id' : `id * 2u + ${window}u`
  return `finish(${at}, ${i}, ${value});`
}

/** One value for each of the windows that tile x. */
export function tiledPool(
  name: string,
  tiling: Tiling,
  tail: Tail,
  valueOf: (pixels: readonly string[]) => string,
): Kernel {
  const finishes = Array.from({ length: tiling.windows }, (_, window) =>
    finishWindow(tiling, window, valueOf(tiling.pixels(window))),
  )
  return flatKernel(
    `${name} tiled ${tiling.row}`,
    sizeOf(tiling.threads),
    `${binding(0, 'x', tiling.row)}
${tail.declarations(1)}`,
    `  ${unflatten('id', tiling.threads)}
  ${tiling.readRows('x')}
  ${finishes.join('\n  ')}`,
  )
}

/** Maximum of every window of x. Bindings: 0 x, tail from 1. */
export function maxPool2dKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [image = []] = spec.inputs
  const [, , h, w] = padToFour(image)
  const tiling = tilingOf(image, spec.attributes)
  if (tiling) return tiledPool('maxPool2d', tiling, tail, (pixels) => pixels.reduce((a, b) => `max(${a}, ${b})`))
  const output = padToFour(spec.output)
  return flatKernel(
    'maxPool2d',
    sizeOf(output),
    `${binding(0, 'x')}
${tail.declarations(1)}
${firstMaximumFunction(h, w, spec.attributes)}`,
    `  ${unflatten('id', output)}
  finish(at, id, x[firstMaximum(id / ${output[2] * output[3]}u, at.z, at.w)]);`,
  )
}

/** g where x has the first maximum of each window. Bindings: 0 x, 1 g, tail from 2. */
export function maxPool2dGatherKernel(spec: KernelSpec<PoolAttributes>, tail: Tail): Kernel {
  const [, , h, w] = padToFour(spec.inputs[0] ?? [])
  const output = padToFour(spec.output)
  return flatKernel(
    'maxPool2dGather',
    sizeOf(output),
    `${binding(0, 'x')}
${binding(1, 'g')}
${tail.declarations(2)}
${firstMaximumFunction(h, w, spec.attributes)}`,
    `  ${unflatten('id', output)}
  finish(at, id, g[firstMaximum(id / ${output[2] * output[3]}u, at.z, at.w)]);`,
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
