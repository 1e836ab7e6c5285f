import type { ConcatAttributes, PadAttributes, ShuffleAttributes, SliceAttributes } from '../kernels/attributes.ts'
import type { Shape } from '../shape.ts'
import { addAt, coordinatesOf, elementAt, imageSizes, tensorOf } from './indexing.ts'
import type { Values } from './values.ts'
import { zeros } from './values.ts'

/** x [n, c*f*f, h, w] to [n, c, h*f, w*f]: channel c*f*f + i*f + j goes to pixel (i, j) of each block of channel c. */
export function pixelShuffle(inputs: readonly Values[], { factor: f }: ShuffleAttributes): Values {
  const [x] = inputs as [Values]
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c / (f * f), h * f, w * f], (b, k, oy, ox) =>
    elementAt(x, [b, k * f * f + (oy % f) * f + (ox % f), Math.floor(oy / f), Math.floor(ox / f)]),
  )
}

/** The inverse of pixelShuffle: x [n, c, h*f, w*f] to [n, c*f*f, h, w]. */
export function pixelUnshuffle(inputs: readonly Values[], { factor: f }: ShuffleAttributes): Values {
  const [x] = inputs as [Values]
  const [n, c, h, w] = imageSizes(x)
  return tensorOf([n, c * f * f, h / f, w / f], (b, k, oy, ox) =>
    elementAt(x, [b, Math.floor(k / (f * f)), oy * f + (Math.floor(k / f) % f), ox * f + (k % f)]),
  )
}

/** The inputs one after the other along an axis. */
export function concat(inputs: readonly Values[], { axis }: ConcatAttributes): Values {
  const shape = (inputs[0] as Values).shape.map((size, a) =>
    a === axis ? inputs.reduce((sum, input) => sum + (input.shape[axis] as number), 0) : size,
  )
  return tensorOf(shape, (...at) => {
    let position = at[axis] as number
    for (const input of inputs) {
      const size = input.shape[axis] as number
      if (position < size) return elementAt(input, at.with(axis, position))
      position -= size
    }
    return NaN
  })
}

/** The box of `size` elements from `start` on. */
export function slice(inputs: readonly Values[], { start, size }: SliceAttributes): Values {
  const [x] = inputs as [Values]
  return tensorOf(size, (...at) =>
    elementAt(
      x,
      at.map((position, axis) => position + (start[axis] as number)),
    ),
  )
}

/** Where an element of the padded tensor comes from; undefined when it is a zero. */
function sourceOf(at: readonly number[], shape: Shape, { before, mode }: PadAttributes): number[] | undefined {
  const source = at.map((position, axis) => {
    const size = shape[axis] as number
    const inner = position - (before[axis] as number)
    if (inner >= 0 && inner < size) return inner
    if (mode === 'edge') return inner < 0 ? 0 : size - 1
    return inner < 0 ? -inner : 2 * (size - 1) - inner
  })
  const outside = source.some((position, axis) => position !== (at[axis] as number) - (before[axis] as number))
  return mode === 'zero' && outside ? undefined : source
}

/** x with elements added on both sides of each axis. */
export function pad(inputs: readonly Values[], attributes: PadAttributes): Values {
  const [x] = inputs as [Values]
  const { before, after } = attributes
  const shape = x.shape.map((size, axis) => size + (before[axis] as number) + (after[axis] as number))
  return tensorOf(shape, (...at) => {
    const source = sourceOf(at, x.shape, attributes)
    return source ? elementAt(x, source) : 0
  })
}

/** Each dy added to the element that it was padded from. */
export function padGradient(inputs: readonly Values[], attributes: PadAttributes): Values {
  const [dy] = inputs as [Values]
  const { before, after } = attributes
  const shape = dy.shape.map((size, axis) => size - (before[axis] as number) - (after[axis] as number))
  const dx = zeros(shape)
  for (const at of coordinatesOf(dy.shape)) {
    const source = sourceOf(at, shape, attributes)
    if (source) addAt(dx, source, elementAt(dy, at))
  }
  return dx
}
