import type { Tensor } from '../graph/tensor.ts'
import { padToFour } from '../shape.ts'
import { add, div, elementwise, mul, neg, sqrt, stopGradient, sub } from './elementwise.ts'
import { channelMean, channelVariance } from './moments.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'

/** Learned scale and shift and the running statistics of a batch normalisation, each [c]. */
export interface BatchNormParameters {
  readonly gamma: Tensor
  readonly beta: Tensor
  readonly runningMean: Tensor
  readonly runningVariance: Tensor
}

const perChannel = (x: Tensor): Tensor => reshape(x, [1, x.shape[0] ?? 1, 1, 1])

/** Evaluation: gamma * (x - mean) / sqrt(variance + eps) + beta per channel of x [n, c, h, w] (Ioffe and Szegedy 2015). */
export function batchNorm(
  x: Tensor,
  { gamma, beta, runningMean, runningVariance }: BatchNormParameters,
  eps = 1e-5,
): Tensor {
  const scale = div(gamma, sqrt(add(runningVariance, eps)))
  return add(mul(x, perChannel(scale)), perChannel(sub(beta, mul(runningMean, scale))))
}

const CHANNEL_AXES = [0, 2, 3]

/** dy (x - mean) / deviation: in one piece, so that it is computed where it is summed. */
const alongNormal = elementwise<null>({
  name: 'batchNormAlong',
  inputs: 4,
  wgsl: ([dy = '', x = '', average = '', inverse = '']) => `(${dy} * ((${x} - ${average}) * ${inverse}))`,
  value: ([dy = 0, x = 0, average = 0, inverse = 0]) => dy * (x - average) * inverse,
  gradient: (g, { x: [dy, x, average, inverse] }) => {
    if (!dy || !x || !average || !inverse) return []
    const centred = sub(x, average)
    const byPixel = mul(g, mul(dy, inverse))
    return [mul(g, mul(centred, inverse)), byPixel, neg(byPixel), mul(g, mul(dy, centred))]
  },
})

/** The gradient of x, from the sums over all pixels of dy and of dy (x - mean) / deviation, as shares of one pixel. */
const throughStatistics = elementwise<null>({
  name: 'batchNormGradient',
  inputs: 7,
  wgsl: ([dy = '', x = '', average = '', inverse = '', gamma = '', total = '', along = '']) =>
    `(${gamma} * ${inverse} * (${dy} - ${total} - (${x} - ${average}) * (${inverse} * ${along})))`,
  value: ([dy = 0, x = 0, average = 0, inverse = 0, gamma = 0, total = 0, along = 0]) =>
    gamma * inverse * (dy - total - (x - average) * inverse * along),
  gradient: (g, { x: [dy, x, average, inverse, gamma, total, along] }) => {
    if (!dy || !x || !average || !inverse || !gamma || !total || !along) return []
    const normal = mul(sub(x, average), inverse)
    const rest = sub(sub(dy, total), mul(normal, along))
    const scaled = mul(g, mul(gamma, inverse))
    const byPixel = mul(scaled, mul(inverse, along))
    const byInverse = mul(mul(g, gamma), sub(rest, mul(normal, along)))
    const byGamma = mul(mul(g, inverse), rest)
    return [scaled, neg(byPixel), byPixel, byInverse, byGamma, neg(scaled), neg(mul(scaled, normal))]
  },
})

/**
 * gamma (x - mean) / deviation + beta, where mean and 1 / deviation are those of x itself: the gradient of x counts what x
 * does to them (Ioffe and Szegedy 2015, the equations of section 3), which takes two sums a channel instead of four.
 */
const normalise = elementwise<{ readonly count: number }>({
  name: 'batchNormalise',
  inputs: 5,
  wgsl: ([x = '', average = '', inverse = '', gamma = '', beta = '']) =>
    `((${x} - ${average}) * (${inverse} * ${gamma}) + ${beta})`,
  value: ([x = 0, average = 0, inverse = 0, gamma = 0, beta = 0]) => (x - average) * inverse * gamma + beta,
  gradient: (dy, { x: [x, average, inverse, gamma], attributes: { count } }) => {
    if (!x || !average || !inverse || !gamma) return []
    const total = sum(dy, CHANNEL_AXES)
    const along = sum(alongNormal(null, dy, x, average, inverse), CHANNEL_AXES)
    const shares = [total, along].map((whole) => mul(whole, 1 / count))
    const dx = throughStatistics(null, dy, x, average, inverse, gamma, ...shares)
    return [dx, undefined, undefined, along, total]
  },
})

/**
 * Training: normalised by the statistics of this batch, whose running averages move by `momentum` towards them
 * (the variance unbiased, as PyTorch keeps it).
 */
export function batchNormTraining(
  x: Tensor,
  { gamma, beta, runningMean, runningVariance }: BatchNormParameters,
  momentum = 0.1,
  eps = 1e-5,
): { y: Tensor; runningMean: Tensor; runningVariance: Tensor } {
  const [n, c, h, w] = padToFour(x.shape)
  const count = n * h * w
  const average = channelMean(x)
  const variance = channelVariance(x)
  const inverse = div(1, sqrt(add(variance, eps)))
  const y = normalise({ count }, x, average, inverse, perChannel(gamma), perChannel(beta))
  const move = (running: Tensor, now: Tensor) =>
    add(mul(1 - momentum, running), mul(momentum, stopGradient(reshape(now, [c]))))
  return {
    y,
    runningMean: move(runningMean, average),
    runningVariance: move(runningVariance, mul(variance, count / Math.max(count - 1, 1))),
  }
}
