import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { MomentAttributes, PartialMomentAttributes } from '../kernels/attributes.ts'
import { type AdapterTraits, binding } from '../kernels/kernel.ts'
import { momentKernel, PARTIAL_PLANES, partialMomentsKernel, usualParts } from '../kernels/moments.wgsl.ts'
import { sourceOf } from '../plan/view.ts'
import * as reference from '../reference/moments.ts'
import { padToFour, sameShape, showShape, sizeOf } from '../shape.ts'
import { broadcastTo, mul, sub } from './elementwise.ts'

const pixelsOf = (x: Tensor): number => {
  const [n, , h, w] = padToFour(x.shape)
  return n * h * w
}

const momentOp: Op<MomentAttributes> = {
  name: 'channelMoment',
  shape: ([x = []]) => {
    if (x.length !== 4) throw new ShapeError(`expected x [n, c, h, w], got ${showShape(x)}`)
    return [1, x[1] ?? 1, 1, 1]
  },
  gradient: ({ inputs: [x] }, g, { which }) => {
    if (x === undefined) return []
    const share = mul(g, (which === 'mean' ? 1 : 2) / pixelsOf(x))
    return [which === 'mean' ? broadcastTo(share, x.shape) : mul(share, sub(x, channelMean(x)))]
  },
  reference: reference.channelMoment,
  lower: ({ attributes }, [x], { adapter }) => {
    if (x === undefined) return undefined
    const partial = apply(partialMomentsOp, [x], partsBeside(x, adapter) ?? { parts: usualParts(x.shape, adapter) })
    return apply(momentOfPartsOp, [partial], attributes as MomentAttributes)
  },
}

/** The parts in which the kernel that x will be stored by can give its moments. */
function partsBeside(x: Tensor, adapter: AdapterTraits): PartialMomentAttributes | undefined {
  let host = sourceOf(x)
  while (host.op.pointwise !== undefined) {
    const next = host.inputs.map(sourceOf).find((input) => sizeOf(input.shape) === sizeOf(x.shape))
    if (next === undefined) return undefined
    host = next
  }
  // Another shape of the same memory has other channels.
  if (!sameShape(host.shape, x.shape)) return undefined
  const { op, inputs, shape: output, attributes, rank } = host
  const parts = op.momentParts?.({ inputs: inputs.map(({ shape }) => shape), output, attributes, adapter })
  return parts === undefined ? undefined : { parts, host: rank }
}

const partialMomentsOp: Op<PartialMomentAttributes> = {
  name: 'partialMoments',
  isPrecise: true,
  isStatistic: true,
  shape: ([x = []], { parts }) => [PARTIAL_PLANES, x[1] ?? 1, parts],
  kernel: partialMomentsKernel,
  beside: {
    kind: 'moments',
    madeOf: 'stored',
    givenBy: ({ attributes }, { rank }) => rank === (attributes as PartialMomentAttributes).host,
    wgsl: ({ shape: [, channels = 1, parts = 1] }, index) => `${binding(index, 'momentsOfParts')}
fn moments(channel: u32, part: u32, count: f32, mean: f32, squares: f32) {
  let i = channel * ${parts}u + part;
  momentsOfParts[i] = count;
  momentsOfParts[i + ${channels * parts}u] = mean;
  momentsOfParts[i + ${2 * channels * parts}u] = squares;
}`,
  },
}

const momentOfPartsOp: Op<MomentAttributes> = {
  name: 'momentOfParts',
  isPrecise: true,
  isStatistic: true,
  shape: ([parts = []]) => [1, parts[1] ?? 1, 1, 1],
  kernel: momentKernel,
}

/** Mean of each channel of x [n, c, h, w]: [1, c, 1, 1]. @throws ShapeError for another rank. */
export const channelMean = (x: Tensor): Tensor => apply(momentOp, [x], { which: 'mean' })

/** Mean squared distance of each channel of x [n, c, h, w] from its mean: [1, c, 1, 1]. @throws ShapeError for another rank. */
export const channelVariance = (x: Tensor): Tensor => apply(momentOp, [x], { which: 'variance' })
