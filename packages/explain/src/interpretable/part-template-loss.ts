import {
  add,
  div,
  exp,
  InputError,
  log,
  matmul,
  max,
  mean,
  mul,
  neg,
  reshape,
  type Shape,
  showShape,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '@noisescope/core'
import { LARGEST_SIDE, templatesVariable } from './templates.ts'

/**
 * Part-template loss of what a layer puts out, a scalar: less, the more each filter's map says of where one part is. Its
 * least value is -c log(min(images, n^2 + 1)), its largest 0.
 *
 * loss = sum over the filters of -MI(X; T)
 * MI(X; T) = sum_T p(T) sum_x p(x|T) log(p(x|T) / p(x)), p(x) = sum_T p(T) p(x|T)
 * p(x|T) = exp(sum(x T)) / Z_T, Z_T = sum over the batch's maps x of the filter
 *
 * T are the n^2 + 1 templates of {@link partTemplates}. The paper's prior, p(T_mu) = alpha / n^2 and p(T_-) = 1 - alpha with
 * alpha = n^2 / (1 + n^2), is the same for all of them: 1 / (n^2 + 1). Every filter sees every image of the batch, since
 * denoising has no categories; the paper's masks on the activations are not part of it. The gradient is that of the formula,
 * through Z_T and p(x) too, where the paper approximates it.
 *
 * The templates are as small as 1/n^2, so activations of 1 give almost no information. The loss falls with their scale: a
 * network also lowers it by larger activations, without moving where they are, unless they are {@link ofFixedMean}.
 *
 * Source: Zhang, Wu and Zhu 2018, "Interpretable convolutional neural networks".
 * @param activation [n, c, h, w], usually behind a ReLU, of a layer with square maps.
 * @throws InputError when the maps are not square or too large, or there is only one image.
 */
export function partTemplateLoss(activation: Tensor): Tensor {
  const [images, filters, side] = partMaps(activation.shape)
  const places = side * side
  const maps = reshape(activation, [images * filters, places])
  const fits = reshape(matmul(maps, templatesVariable(side).value), [images, filters, places + 1])
  // log(images p(x|T)) and log(images p(x)): near 0, not near log(images), so float32 keeps what little information there is.
  const likelihood = sub(fits, logMeanExp(fits, 0))
  const marginal = logMeanExp(likelihood, 2)
  const terms = mul(exp(likelihood), sub(likelihood, marginal))
  return reshape(neg(mul(sum(terms), 1 / (images * (places + 1)))), [])
}

/** Mean at which an activation all at one place fits the template there by e^5 better than one with none. */
const MEAN = 10
/** A filter that fires less than this on the mean is taken to fire so much, which keeps a dead one from a division by zero. */
const LEAST_MEAN = 1e-3

/**
 * Each filter's activations over their mean in the batch, times 10, so that only where they are counts, and not how large.
 * @param activation [n, c, h, w], not below 0.
 */
export const ofFixedMean = (activation: Tensor): Tensor =>
  mul(div(activation, add(mean(activation, [0, 2, 3]), LEAST_MEAN)), MEAN)

/** log(mean(exp(x))) over an axis that stays as size one, without overflow. */
function logMeanExp(x: Tensor, axis: number): Tensor {
  const greatest = stopGradient(max(x, [axis]))
  return add(log(mean(exp(sub(x, greatest)), [axis])), greatest)
}

/**
 * Images, filters and side of maps that the loss can be taken of.
 * @param layer for the message.
 * @throws InputError as {@link partTemplateLoss} does.
 */
export function partMaps(shape: Shape, layer = 'a layer'): readonly [images: number, filters: number, side: number] {
  const [images = 0, filters = 0, height = 0, width = 0] = shape
  const text = `the part-template loss of ${layer} of ${showShape(shape)}`
  if (shape.length !== 4) throw new InputError(`${text}: expected [images, filters, height, width]`)
  if (height !== width || height > LARGEST_SIDE) {
    throw new InputError(`${text}: expected square maps of at most ${LARGEST_SIDE}x${LARGEST_SIDE}`)
  }
  if (images < 2) throw new InputError(`${text}: it compares the images of a batch; expected at least 2`)
  return [images, filters, height]
}
