import { type Device, evaluate, inputTensor, type Tensor, type Values } from '@noisescope/core'
import { type Model, variablesOf } from '@noisescope/nn'
import type { TargetGraph } from '../../src/explainer.ts'
import type { Size, Subject } from '../../src/index.ts'
import { traceTarget } from '../../src/target-graph.ts'
import { batchShape, traceModel } from '../../src/traced-model.ts'

/** Tensors of a target's graph in float64, at any image, with the weights that are on the device. */
export async function inFloat64(
  device: Device,
  model: Model,
  size: Size,
  { target, sigma }: Omit<Subject, 'noisy'>,
  trace: (graph: TargetGraph) => readonly Tensor[],
): Promise<(noisy: ArrayLike<number>) => Values[]> {
  const variables = variablesOf(model)
  const stored = await device.read(variables)
  const level = model.takesSigma ? inputTensor('sigma', [1, 1, 1, 1]) : undefined
  const traced = traceModel(model, inputTensor('noisy', batchShape(model, size, 1)), level)
  const { shape } = target.tensor(traced)
  const { graph } = traceTarget(traced, target, { weights: inputTensor('weights', shape) }, [])
  const tensors = trace(graph)
  const leaves = { weights: target.weights(shape), ...(sigma === undefined ? {} : { sigma: [sigma] }) }
  return (noisy) =>
    evaluate(tensors, {
      inputs: { noisy, ...leaves },
      variables: new Map(variables.map((variable, i) => [variable, stored[i] as Float32Array])),
    })
}

/** dT/dy at some values of the image, by central differences in float64. */
export async function finiteDifferences(
  device: Device,
  model: Model,
  size: Size,
  subject: Subject,
  places: readonly number[],
): Promise<number[]> {
  const STEP = 1e-6
  const targetAt = await inFloat64(device, model, size, subject, ({ target }) => [target])
  return places.map((place) => {
    const [above = Number.NaN, below = Number.NaN] = [STEP, -STEP].map((step) => {
      const image = Float64Array.from(subject.noisy)
      image[place] = (image[place] as number) + step
      return targetAt(image)[0]?.data[0]
    })
    return (above - below) / (2 * STEP)
  })
}
