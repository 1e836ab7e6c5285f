import { InputError, type Shape, sub, type Tensor } from '@noisescope/core'
import type { Model, Taps } from '@noisescope/nn'

/** A model's forward pass over symbolic images [n, c, h, w], with everything in it that can be asked about. */
export interface TracedModel {
  readonly model: Model
  /** y, the noisy images. */
  readonly noisy: Tensor
  /** The noise level [1, 1, 1, 1] on the 0..1 scale, for models that are told it. */
  readonly sigma: Tensor | undefined
  /** f(y), the denoised images. */
  readonly denoised: Tensor
  /** r = y - f(y): what the network removes. */
  readonly residual: Tensor
  /** What every layer puts out, by its name, in the order of the layers. */
  readonly layers: ReadonlyMap<string, Tensor>
}

/** Traces a model on symbolic images. @throws ShapeError when the images do not fit the model. */
export function traceModel(model: Model, noisy: Tensor, sigma: Tensor | undefined): TracedModel {
  const taps: Taps = {}
  const output = model.forward(noisy, sigma === undefined ? { taps } : { taps, sigma })
  const other = sub(noisy, output)
  const [denoised, residual] = model.output === 'clean' ? [output, other] : [other, output]
  const layers = model.layers.flatMap(({ name }): [string, Tensor][] => (taps[name] ? [[name, taps[name]]] : []))
  return { model, noisy, sigma, denoised, residual, layers: new Map(layers) }
}

/** What a layer puts out. @throws InputError listing the layers when there is none of the name. */
export function layerOf({ layers, model }: TracedModel, name: string): Tensor {
  const found = layers.get(name)
  if (found !== undefined) return found
  throw new InputError(`the ${model.name} has no layer ${name}; it has ${[...layers.keys()].join(', ')}`)
}

/** An image's size. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Shape of a batch of images for a model. @throws InputError when the model does not take images of this size. */
export function batchShape({ name, channels, multiple }: Model, { width, height }: Size, count: number): Shape {
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new InputError(`an image of ${width}x${height} pixels: expected whole numbers from 1 up`)
  }
  if (multiple > 1 && (width !== multiple || height !== multiple)) {
    throw new InputError(
      `the ${name} takes images of ${multiple}x${multiple} pixels, not of ${width}x${height}; cut a part of that size out`,
    )
  }
  return [count, channels, height, width]
}
