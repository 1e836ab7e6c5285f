import { padToFour, sizeOf } from '../shape.ts'
import type { ResizeAttributes, ResizeGradientAttributes, UpsampleAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, unflatten } from './kernel.ts'
import { tiledPool } from './pool2d.wgsl.ts'
import { blocksOf, tilingOf } from './windows.ts'

/** Each pixel of x repeated over a block: one thread a pixel of x. Bindings: 0 x, tail from 1. */
export function upsampleNearestKernel(spec: KernelSpec<UpsampleAttributes>, tail: Tail): Kernel {
  const input = padToFour(spec.inputs[0] ?? [])
  const [, , , ow] = padToFour(spec.output)
  const [rows, columns] = spec.attributes.scale
  return flatKernel(
    'upsampleNearest',
    sizeOf(input),
    `${binding(0, 'x')}
${tail.declarations(1)}`,
    `  ${unflatten('id', input)}
  let value = x[id];
  let corner = at * vec4u(1u, 1u, ${rows}u, ${columns}u);
  let start = (id / ${input[3]}u) * ${rows * ow}u + corner.w;
  for (var row = 0u; row < ${rows}u; row++) {
    for (var column = 0u; column < ${columns}u; column++) {
      finish(corner + vec4u(0u, 0u, row, column), start + row * ${ow}u + column, value);
    }
  }`,
  )
}

/** Sum over each block of dy. Bindings: 0 dy, tail from 1. */
export function upsampleNearestGradientKernel(spec: KernelSpec<UpsampleAttributes>, tail: Tail): Kernel {
  const [gradient = []] = spec.inputs
  const tiling = tilingOf(gradient, blocksOf(spec.attributes.scale))
  if (tiling) return tiledPool('upsampleNearestGradient', tiling, tail, (pixels) => pixels.join(' + '))
  const [, , , ow] = padToFour(gradient)
  const output = padToFour(spec.output)
  const [rows, columns] = spec.attributes.scale
  return flatKernel(
    'upsampleNearestGradient',
    sizeOf(output),
    `${binding(0, 'dy')}
${tail.declarations(1)}`,
    `  ${unflatten('id', output)}
  let start = (id / ${output[3]}u) * ${rows * ow}u + at.w * ${columns}u;
  var sum = 0.0;
  for (var row = 0u; row < ${rows}u; row++) {
    for (var column = 0u; column < ${columns}u; column++) { sum += dy[start + row * ${ow}u + column]; }
  }
  finish(at, id, sum);`,
  )
}

/** One axis of an interpolation from `from` to `to` pixels. */
interface Axis {
  readonly from: number
  readonly to: number
  readonly alignCorners: boolean
}

/** Distance in the source between neighbours of the result. */
function stepOf({ from, to, alignCorners }: Axis): number {
  if (!alignCorners) return from / to
  return to > 1 ? (from - 1) / (to - 1) : 0
}

/** WGSL number that is a float also when it is whole. */
const float = (value: number): string => `f32(${value})`

/** WGSL function `name(pixel)`: where a pixel of the result lies in the source, in pixels from its first centre. */
function positionFunction(name: string, axis: Axis): string {
  const step = float(stepOf(axis))
  const position = axis.alignCorners ? `f32(pixel) * ${step}` : `(f32(pixel) + 0.5) * ${step} - 0.5`
  return `fn ${name}(pixel: u32) -> f32 { return clamp(${position}, 0.0, ${float(axis.from - 1)}); }`
}

/** x interpolated to another size. Bindings: 0 x, tail from 1. */
export function resizeBilinearKernel(spec: KernelSpec<ResizeAttributes>, tail: Tail): Kernel {
  const [, , h, w] = padToFour(spec.inputs[0] ?? [])
  const output = padToFour(spec.output)
  const { alignCorners } = spec.attributes
  return flatKernel(
    'resizeBilinear',
    sizeOf(output),
    `${binding(0, 'x')}
${tail.declarations(1)}
${positionFunction('sourceY', { from: h, to: output[2], alignCorners })}
${positionFunction('sourceX', { from: w, to: output[3], alignCorners })}`,
    `  ${unflatten('id', output)}
  let plane = (id / ${output[2] * output[3]}u) * ${h * w}u;
  let position = vec2f(sourceY(at.z), sourceX(at.w));
  let first = vec2u(position);
  let second = min(first + 1u, vec2u(${h - 1}u, ${w - 1}u));
  let weight = position - floor(position);
  let above = plane + first.x * ${w}u;
  let below = plane + second.x * ${w}u;
  let upper = mix(x[above + first.y], x[above + second.y], weight.y);
  let lower = mix(x[below + first.y], x[below + second.y], weight.y);
  finish(at, id, mix(upper, lower, weight.x));`,
  )
}

/**
 * The transpose of the interpolation, gathered: one thread a pixel of the source, over the pixels of dy that lie less
 * than one pixel from it. Bindings: 0 dy, tail from 1.
 */
export function resizeBilinearGradientKernel(spec: KernelSpec<ResizeGradientAttributes>, tail: Tail): Kernel {
  const [, , oh, ow] = padToFour(spec.inputs[0] ?? [])
  const output = padToFour(spec.output)
  const { alignCorners } = spec.attributes
  const vertical: Axis = { from: output[2], to: oh, alignCorners }
  const horizontal: Axis = { from: output[3], to: ow, alignCorners }
  return flatKernel(
    'resizeBilinearGradient',
    sizeOf(output),
    `${binding(0, 'dy')}
${tail.declarations(1)}
${positionFunction('sourceY', vertical)}
${positionFunction('sourceX', horizontal)}`,
    `  ${unflatten('id', output)}
  let plane = (id / ${output[2] * output[3]}u) * ${oh * ow}u;
  ${nearRange('y', 'at.z', vertical)}
  ${nearRange('x', 'at.w', horizontal)}
  var sum = 0.0;
  for (var oy = yFirst; oy <= yLast; oy++) {
    let weightY = max(0.0, 1.0 - abs(sourceY(oy) - f32(at.z)));
    for (var ox = xFirst; ox <= xLast; ox++) {
      let weightX = max(0.0, 1.0 - abs(sourceX(ox) - f32(at.w)));
      sum += weightY * weightX * dy[plane + oy * ${ow}u + ox];
    }
  }
  finish(at, id, sum);`,
  )
}

/**
 * WGSL of the first and last pixel of the result that can lie less than one pixel from `position` in the source, one
 * more on each side against rounding.
 */
function nearRange(name: 'y' | 'x', position: string, axis: Axis): string {
  const step = stepOf(axis)
  const last = axis.to - 1
  if (step === 0) return `let ${name}First = 0u;\n  let ${name}Last = ${last}u;`
  const offset = axis.alignCorners ? 0 : 0.5
  const target = (shift: number): string =>
    `(f32(${position}) + ${float(offset + shift)}) / ${float(step)} - ${float(offset)}`
  const first = `let ${name}First = u32(clamp(${target(-1)} - 1.0, 0.0, ${float(last)}));`
  const end = `let ${name}Last = u32(clamp(${target(1)} + 1.0, 0.0, ${float(last)}));`
  return `${first}\n  ${end}`
}
