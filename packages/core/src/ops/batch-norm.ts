import type { Tensor } from '../graph/tensor.ts'
import { padToFour } from '../shape.ts'
import { add, div, mul, sqrt, square, stopGradient, sub } from './elementwise.ts'
import { mean } from './reduce.ts'
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
  const average = mean(x, [0, 2, 3])
  const centred = sub(x, average)
  const variance = mean(square(centred), [0, 2, 3])
  const y = add(mul(centred, mul(perChannel(gamma), div(1, sqrt(add(variance, eps))))), perChannel(beta))
  const move = (running: Tensor, now: Tensor) =>
    add(mul(1 - momentum, running), mul(momentum, stopGradient(reshape(now, [c]))))
  return {
    y,
    runningMean: move(runningMean, average),
    runningVariance: move(runningVariance, mul(variance, count / Math.max(count - 1, 1))),
  }
}
