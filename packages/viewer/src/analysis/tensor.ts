/** A tensor of a trace: [h, w] or [c, h, w]. */
export interface Planes {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Decoded values that are kept at hand, in bytes: a layer of 64 channels of a photograph of half a megapixel at the most. */
const KEPT_BYTES = 64 * 2 ** 20

/** Values that are held for as long as their tensor lives, unless they become too many. */
interface Held {
  readonly of: WeakRef<Planes>
  readonly values: Float32Array
}

const held = new WeakMap<Planes, Held>()

/** The tensors whose values are held, that which was asked for last at the end. */
const order = new Set<WeakRef<Planes>>()

/**
 * The values of a tensor. A trace decodes them when they are asked for and forgets them when nobody holds them; here those
 * asked for last are held, up to a limit, so that a view may ask again for every frame that it draws.
 */
export function valuesOf(tensor: Planes): Float32Array {
  const asked = held.get(tensor) ?? { of: new WeakRef(tensor), values: tensor.data }
  held.set(tensor, asked)
  order.delete(asked.of)
  order.add(asked.of)
  let bytes = 0
  for (const of of [...order].reverse()) {
    const each = of.deref()
    bytes += (each && held.get(each)?.values.byteLength) ?? 0
    if (each !== undefined && (bytes <= KEPT_BYTES || each === tensor)) continue
    order.delete(of)
    if (each !== undefined) held.delete(each)
  }
  return asked.values
}

/** Channels, height and width of [c, h, w] or [h, w]. */
export function sizeOf({ shape }: Pick<Planes, 'shape'>): {
  readonly channels: number
  readonly height: number
  readonly width: number
} {
  const [width = 1, height = 1, channels = 1] = shape.toReversed()
  return { channels, height, width }
}

/** One channel's plane [h, w], a view of the values. */
export function planeOf(tensor: Planes, channel: number): Float32Array {
  const { height, width } = sizeOf(tensor)
  return valuesOf(tensor).subarray(channel * height * width, (channel + 1) * height * width)
}

/** Computes something of a tensor once, for as long as the tensor lives. */
export function remembered<Of extends object, T>(compute: (of: Of) => T): (of: Of) => T {
  const found = new WeakMap<Of, { readonly value: T }>()
  return (of) => {
    const known = found.get(of)
    if (known !== undefined) return known.value
    const value = compute(of)
    found.set(of, { value })
    return value
  }
}
