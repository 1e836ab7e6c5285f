import { type ArrangeAttributes, arrangedShape } from '../kernels/arrange-weights.wgsl.ts'
import { convolutionSpec } from '../kernels/conv2d-geometry.ts'
import type { Conv2dAttributes, ConvolutionSpec } from '../kernels/convolution.ts'
import { padToFour, type Shape } from '../shape.ts'
import { type Values, zeros } from './values.ts'

/** Stands for an input that was not given. */
const NONE = zeros([0, 0, 0, 0])

/** Calls `visit` with the row-major indices of every product x * w that adds to an element of y. */
function forEachProduct(spec: ConvolutionSpec, visit: (x: number, w: number, y: number) => void): void {
  const { n, c, h, w, k, r, s, oh, ow, stride, dilation, padding } = spec
  for (let image = 0; image < n; image++)
    for (let out = 0; out < k; out++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
          for (let into = 0; into < c; into++)
            for (let ty = 0; ty < r; ty++)
              for (let tx = 0; tx < s; tx++) {
                const iy = oy * stride[0] + ty * dilation[0] - padding.top
                const ix = ox * stride[1] + tx * dilation[1] - padding.left
                if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue
                visit(
                  ((image * c + into) * h + iy) * w + ix,
                  ((out * c + into) * r + ty) * s + tx,
                  ((image * k + out) * oh + oy) * ow + ox,
                )
              }
}

/** The product of two elements, both inside their tensors. */
function product(a: Values, i: number, b: Values, j: number): number {
  return (a.data[i] as number) * (b.data[j] as number)
}

function accumulate(into: Values, index: number, amount: number): void {
  into.data[index] = (into.data[index] as number) + amount
}

/** 2-D convolution of x [n, c, h, w] with w [k, c, r, s] to [n, k, oh, ow]. */
export function conv2d([x = NONE, w = NONE]: readonly Values[], attributes: Conv2dAttributes): Values {
  const spec = convolutionSpec(x.shape, w.shape, attributes)
  const y = zeros([spec.n, spec.k, spec.oh, spec.ow])
  forEachProduct(spec, (xi, wi, yi) => accumulate(y, yi, product(x, xi, w, wi)))
  return y
}

/** Gradient of sum(dy * conv2d(x, w)) with respect to x of spatial size `size`: [n, c, ...size]. */
export function conv2dInputGradient(
  [dy = NONE, w = NONE]: readonly Values[],
  attributes: Conv2dAttributes & { readonly size: readonly [number, number] },
): Values {
  const [n] = padToFour(dy.shape)
  const [, c] = padToFour(w.shape)
  const dx = zeros([n, c, ...attributes.size])
  forEachProduct(convolutionSpec(dx.shape, w.shape, attributes), (xi, wi, yi) =>
    accumulate(dx, xi, product(dy, yi, w, wi)),
  )
  return dx
}

/** Gradient of sum(dy * conv2d(x, w)) with respect to w of spatial size `kernel`: [k, c, ...kernel]. */
export function conv2dWeightGradient(
  [x = NONE, dy = NONE]: readonly Values[],
  attributes: Conv2dAttributes & { readonly kernel: readonly [number, number] },
): Values {
  const [, c] = padToFour(x.shape)
  const [, k] = padToFour(dy.shape)
  const dw = zeros([k, c, ...attributes.kernel])
  forEachProduct(convolutionSpec(x.shape, dw.shape, attributes), (xi, wi, yi) =>
    accumulate(dw, wi, product(x, xi, dy, yi)),
  )
  return dw
}

/** Weights [k, c, r, s] in blocks of output channels, or with in and out channels swapped and taps flipped: see `ArrangeAttributes`. */
export function arrangeWeights([w = NONE]: readonly Values[], attributes: ArrangeAttributes): Values {
  const { block = 0, transposed } = attributes
  const [k, c, r, s] = padToFour(w.shape)
  const shape: Shape = arrangedShape(w.shape, attributes)
  const arranged = zeros(shape)
  const taps = r * s
  for (let out = 0; out < k; out++)
    for (let into = 0; into < c; into++)
      for (let tap = 0; tap < taps; tap++) {
        const [channel, other, others] = transposed ? [into, out, k] : [out, into, c]
        const place = transposed ? taps - 1 - tap : tap
        const index =
          block === 0
            ? (channel * others + other) * taps + place
            : ((Math.floor(channel / block) * others + other) * taps + place) * block + (channel % block)
        arranged.data[index] = w.data[(out * c + into) * taps + tap] as number
      }
  return arranged
}
