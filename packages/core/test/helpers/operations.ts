import fc from 'fast-check'
import {
  abs,
  add,
  avgPool2d,
  batchNorm,
  batchNormTraining,
  binaryCrossEntropy,
  binaryCrossEntropyFromLogits,
  broadcastTo,
  clamp,
  concat,
  conv2d,
  div,
  elu,
  exp,
  l1Loss,
  leakyRelu,
  log,
  matmul,
  max,
  maximum,
  maxPool2d,
  mean,
  meanSquaredErrorLoss,
  min,
  minimum,
  mul,
  neg,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  relu,
  reshape,
  resizeBilinear,
  type Shape,
  sigmoid,
  slice,
  softplus,
  sqrt,
  sub,
  sum,
  sumSquaresLoss,
  type Tensor,
  tanh,
  upsampleNearest,
  where,
} from '../../src/index.ts'
import { channelMean, channelVariance } from '../../src/ops/moments.ts'

/** One op on concrete shapes: what to build, and which values it may be tried on. */
export interface Trial {
  readonly shapes: readonly Shape[]
  build(...inputs: Tensor[]): Tensor
  /** Values of the inputs are drawn from this range; default -2 to 2. */
  readonly range?: readonly [number, number]
}

const size = (most: number, least = 1) => fc.integer({ min: least, max: most })
const image = fc.tuple(size(2), size(3), size(7, 2), size(7, 2))

/** Shapes whose broadcast is `shape`: some axes one, some leading axes gone. */
const broadcastable = (shape: Shape) =>
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 3 }))
    .map(([ones, drop]) => shape.map((extent, i) => (ones[i] ? 1 : extent)).slice(drop))

const unary = (op: (x: Tensor) => Tensor, range?: readonly [number, number]) =>
  image.map(
    (shape): Trial => ({ shapes: [shape], build: (x) => op(x as Tensor), ...(range === undefined ? {} : { range }) }),
  )

const binary = (op: (a: Tensor, b: Tensor) => Tensor, range?: readonly [number, number]) =>
  image.chain((shape) =>
    fc.tuple(broadcastable(shape), broadcastable(shape)).map(
      ([a, b]): Trial => ({
        shapes: [a, b],
        build: (x, y) => op(x as Tensor, y as Tensor),
        ...(range === undefined ? {} : { range }),
      }),
    ),
  )

const convolution = fc
  .record({
    n: size(2),
    c: size(3),
    k: size(3),
    h: size(7, 3),
    w: size(7, 3),
    r: size(3),
    s: size(3),
    stride: fc.tuple(size(2), size(2)),
    dilation: fc.tuple(size(2), size(2)),
    sides: fc.array(size(2, 0), { minLength: 4, maxLength: 4 }),
  })
  .filter(
    ({ h, w, r, s, dilation, sides: [top = 0, bottom = 0, left = 0, right = 0] }) =>
      (r - 1) * dilation[0] < h + top + bottom && (s - 1) * dilation[1] < w + left + right,
  )
  .map(
    ({ n, c, k, h, w, r, s, stride, dilation, sides: [top = 0, bottom = 0, left = 0, right = 0] }): Trial => ({
      shapes: [
        [n, c, h, w],
        [k, c, r, s],
      ],
      build: (x, weights) =>
        conv2d(x as Tensor, weights as Tensor, { stride, dilation, padding: { top, bottom, left, right } }),
    }),
  )

/** Enough channels that a weight gradient can load through the upsampling too. */
const convolutionOfUpsampled = fc
  .record({ n: size(2), c: size(6), k: size(5), h: size(4), w: size(6), scale: size(4, 2), side: size(2, 0) })
  .map(
    ({ n, c, k, h, w, scale, side }): Trial => ({
      shapes: [
        [n, c, h, w],
        [k, c, 3, 3],
      ],
      build: (x, weights) =>
        conv2d(upsampleNearest(x as Tensor, scale), weights as Tensor, {
          padding: h * scale > 2 && w * scale > 2 ? side : 1,
        }),
    }),
  )

const pooled = (op: typeof maxPool2d) =>
  fc
    .record({
      n: size(2),
      c: size(2),
      h: size(9, 3),
      w: size(9, 3),
      window: size(3, 2),
      stride: size(3),
      padding: fc.constantFrom('same' as const, 'valid' as const),
    })
    .map(
      ({ n, c, h, w, window, stride, padding }): Trial => ({
        shapes: [[n, c, h, w]],
        build: (x) => op(x as Tensor, { size: window, stride, padding }),
      }),
    )

const reduced = (op: typeof sum) =>
  fc
    .tuple(fc.tuple(size(3), size(5), size(4), size(6)), fc.subarray([0, 1, 2, 3], { minLength: 1 }), fc.boolean())
    .map(([shape, axes, keepAxes]): Trial => ({ shapes: [shape], build: (x) => op(x as Tensor, axes, { keepAxes }) }))

const padding = fc
  .record({
    shape: image,
    mode: fc.constantFrom('zero' as const, 'reflect' as const, 'edge' as const),
    before: fc.array(size(1, 0), { minLength: 4, maxLength: 4 }),
    after: fc.array(size(1, 0), { minLength: 4, maxLength: 4 }),
  })
  .map(({ shape, mode, before, after }): Trial => {
    const inner = (amounts: readonly number[]) =>
      amounts.map((amount, i) => (mode === 'reflect' && (shape[i] ?? 1) < 2 ? 0 : amount))
    return { shapes: [shape], build: (x) => pad(x as Tensor, inner(before), inner(after), mode) }
  })

const loss = (op: (a: Tensor, b: Tensor) => Tensor, range: readonly [number, number]) =>
  image.map((shape): Trial => ({ shapes: [shape, shape], build: (a, b) => op(a as Tensor, b as Tensor), range }))

const normalised = (training: boolean) =>
  fc.tuple(size(3, 2), size(3), size(5), size(4, 2)).map(
    ([n, c, h, w]): Trial => ({
      shapes: [[n, c, h, w], [c], [c], [c], [c]],
      range: [0.5, 2],
      build: (x, gamma, beta, runningMean, runningVariance) => {
        const parameters = { gamma, beta, runningMean, runningVariance } as Record<
          'gamma' | 'beta' | 'runningMean' | 'runningVariance',
          Tensor
        >
        return training ? batchNormTraining(x as Tensor, parameters).y : batchNorm(x as Tensor, parameters)
      },
    }),
  )

const ofChannels = (op: (x: Tensor) => Tensor) =>
  fc.tuple(size(3, 2), size(3), size(5), size(4, 2)).map(
    (shape): Trial => ({
      shapes: [shape],
      build: (x) => op(x as Tensor),
    }),
  )

/** Every differentiable op with random shapes and attributes. */
export const operations: Record<string, fc.Arbitrary<Trial>> = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div, [0.5, 2]),
  maximum: binary(maximum),
  minimum: binary(minimum),
  neg: unary(neg),
  relu: unary(relu),
  leakyRelu: unary((x) => leakyRelu(x, 0.1)),
  elu: unary((x) => elu(x, 1.3)),
  sigmoid: unary(sigmoid),
  tanh: unary(tanh),
  softplus: unary(softplus),
  exp: unary(exp),
  log: unary(log, [0.5, 2]),
  sqrt: unary(sqrt, [0.5, 2]),
  abs: unary(abs),
  clamp: unary((x) => clamp(x, -0.7, 0.9)),
  where: binary((a, b) => where(relu(a), a, b)),
  broadcast: image.chain((shape) =>
    broadcastable(shape).map((small): Trial => ({ shapes: [small], build: (x) => broadcastTo(x as Tensor, shape) })),
  ),
  conv2d: convolution,
  maxPool2d: pooled(maxPool2d),
  avgPool2d: pooled(avgPool2d),
  convolutionOfUpsampled,
  upsampleNearest: fc
    .tuple(image, size(3), size(3))
    .map(([shape, y, x]): Trial => ({ shapes: [shape], build: (input) => upsampleNearest(input as Tensor, [y, x]) })),
  resizeBilinear: fc.tuple(image, size(9), size(9), fc.boolean()).map(
    ([shape, h, w, corners]): Trial => ({
      shapes: [shape],
      build: (x) => resizeBilinear(x as Tensor, [h, w], corners),
    }),
  ),
  pixelShuffle: fc
    .tuple(size(2), size(2), size(3), size(3), size(3))
    .map(([n, c, h, w, f]): Trial => ({ shapes: [[n, c * f * f, h, w]], build: (x) => pixelShuffle(x as Tensor, f) })),
  pixelUnshuffle: fc
    .tuple(size(2), size(2), size(3), size(3), size(3))
    .map(
      ([n, c, h, w, f]): Trial => ({ shapes: [[n, c, h * f, w * f]], build: (x) => pixelUnshuffle(x as Tensor, f) }),
    ),
  concat: fc.tuple(image, fc.integer({ min: 0, max: 3 }), fc.array(size(3), { minLength: 1, maxLength: 8 })).map(
    ([shape, axis, extents]): Trial => ({
      shapes: extents.map((extent) => shape.map((own, i) => (i === axis ? extent : own))),
      build: (...inputs) => concat(inputs, axis),
    }),
  ),
  slice: fc
    .tuple(image, fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 8, maxLength: 8 }))
    .map(([shape, parts]): Trial => {
      const start = shape.map((extent, i) => Math.floor((parts[i] ?? 0) * extent))
      const extents = shape.map((extent, i) => 1 + Math.floor((parts[i + 4] ?? 0) * (extent - (start[i] ?? 0))))
      return { shapes: [shape], build: (x) => slice(x as Tensor, start, extents) }
    }),
  pad: padding,
  reshape: image.map(
    (shape): Trial => ({ shapes: [shape], build: (x) => reshape(x as Tensor, [shape.reduce((a, b) => a * b, 1)]) }),
  ),
  matmul: fc.tuple(size(2), size(5), size(4), size(6), fc.boolean(), fc.boolean()).map(
    ([batch, m, k, n, transposeA, transposeB]): Trial => ({
      shapes: [transposeA ? [batch, k, m] : [batch, m, k], transposeB ? [batch, n, k] : [batch, k, n]],
      build: (a, b) => matmul(a as Tensor, b as Tensor, { transposeA, transposeB }),
    }),
  ),
  sum: reduced(sum),
  mean: reduced(mean),
  min: reduced(min),
  max: reduced(max),
  channelMean: ofChannels(channelMean),
  channelVariance: ofChannels(channelVariance),
  batchNorm: normalised(false),
  batchNormTraining: normalised(true),
  meanSquaredErrorLoss: loss(meanSquaredErrorLoss, [-1, 1]),
  l1Loss: loss(l1Loss, [-1, 1]),
  sumSquaresLoss: loss(sumSquaresLoss, [-1, 1]),
  binaryCrossEntropy: loss(binaryCrossEntropy, [0.05, 0.95]),
  binaryCrossEntropyOfSigmoid: loss((a, b) => binaryCrossEntropy(sigmoid(a), b), [0.05, 0.95]),
  binaryCrossEntropyFromLogits: loss(binaryCrossEntropyFromLogits, [0.05, 0.95]),
}
