import type { Tensor } from '../graph/tensor.ts'
import { abs, add, clamp, log, mul, neg, softplus, square, sub } from './elementwise.ts'
import { mean, sum } from './reduce.ts'
import { reshape } from './reshape.ts'

const scalar = (x: Tensor): Tensor => reshape(x, [])

/** Mean of the squared differences, a scalar. */
export const meanSquaredErrorLoss = (output: Tensor, target: Tensor): Tensor =>
  scalar(mean(square(sub(output, target))))

/** Mean of the absolute differences, a scalar. */
export const l1Loss = (output: Tensor, target: Tensor): Tensor => scalar(mean(abs(sub(output, target))))

/** Sum of the squared differences over 2N, N the batch size: the loss of DnCNN (Zhang et al. 2017, equation 1). */
export const sumSquaresLoss = (output: Tensor, target: Tensor): Tensor =>
  scalar(mul(sum(square(sub(output, target))), 1 / (2 * (output.shape[0] ?? 1))))

/** Binary cross-entropy of sigmoid(logits) against targets in 0..1, a scalar mean; stable for any logit. */
export const binaryCrossEntropyFromLogits = (logits: Tensor, target: Tensor): Tensor =>
  scalar(mean(sub(softplus(logits), mul(logits, target))))

/** Least log that a probability counts with: PyTorch's guard against log(0). */
const LEAST_LOG = -100

/** Smallest normal float32, so that log never sees zero. */
const TINY = 1.1754944e-38

/**
 * Binary cross-entropy of probabilities against targets in 0..1, a scalar mean.
 * When `output` is a sigmoid's result the same value is computed from its logits, so its gradient is (p - y)/N exactly.
 */
export function binaryCrossEntropy(output: Tensor, target: Tensor): Tensor {
  const [logits] = output.inputs
  if (output.op.name === 'sigmoid' && logits !== undefined) return binaryCrossEntropyFromLogits(logits, target)
  const logOf = (p: Tensor) => clamp(log(clamp(p, TINY, 1)), LEAST_LOG, 0)
  return scalar(neg(mean(add(mul(target, logOf(output)), mul(sub(1, target), logOf(sub(1, output)))))))
}
