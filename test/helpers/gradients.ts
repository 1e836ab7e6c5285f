import { evaluate, gradients, mul, type Shape, sizeOf, sum, type Tensor, type Variable } from '@noisescope/core'
import { type Model, parametersOf, variablesOf } from '@noisescope/nn'
import { relativeError, testDevice } from './shared.ts'

/** Step of the central differences in float64. */
const STEP = 1e-6

/** A value for each element that repeats on every machine, between -1 and 1. */
const wave = (count: number, frequency: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(frequency * (i + 1)))

/** How far gradients are apart, relative to their largest element. */
export interface GradientErrors {
  /** By parameter, and of the image: the float64 gradient from the slope of the loss along a direction in all elements. */
  readonly fromDifferences: ReadonlyMap<string, number>
  /** By the same names: the device's gradient from the float64 one. */
  readonly onDevice: ReadonlyMap<string, number>
}

/**
 * Compares the gradients of a model's training step, of a weighted sum of its outputs, with finite differences of the same
 * graph in float64, and the device's with those.
 */
export async function gradientErrors(
  model: Model,
  shape: Shape,
  sigma?: { shape: Shape; values: Float32Array },
): Promise<GradientErrors> {
  const device = await testDevice()
  const parameters = parametersOf(model)
  const count = sizeOf(shape)
  const noisy = Float32Array.from(wave(count, 0.7), (value) => 0.5 + 0.4 * value)
  const weights = Float32Array.from(wave(count, 2.3))
  const values = new Map<Variable, Float64Array>(
    variablesOf(model).map((variable, i) => [
      variable,
      Float64Array.from(variable.initial, (value, j) => Math.fround(value + 0.1 * Math.sin(i + 3 * j))),
    ]),
  )
  for (const [variable, data] of values) device.write(variable, Float32Array.from(data))

  const names = ['noisy', ...parameters.map(({ name }) => name)]
  let traced: { loss: Tensor; found: readonly Tensor[] } | undefined
  using program = await device.compile(
    ({ noisy, weights, sigma: level }): Record<string, Tensor> => {
      const told = sigma === undefined || level === undefined ? {} : { sigma: level }
      const loss = sum(mul(model.forward(noisy, { training: true, ...told }), weights))
      const found = gradients(loss, [noisy, ...parameters.map(({ value }) => value)])
      traced = { loss, found }
      return Object.fromEntries(names.map((name, i) => [name, found[i] as Tensor]))
    },
    { noisy: shape, weights: shape, sigma: sigma?.shape ?? [1] },
  )
  const inputs = { noisy, weights, sigma: sigma?.values ?? new Float32Array(1) }
  const actual = await program.run(inputs)
  if (traced === undefined) throw new Error('the model was not traced')
  const { loss, found } = traced
  const exact = evaluate(found, { inputs, variables: values }).map(({ data }) => data)

  const slope = (name: string, direction: Float64Array): number => {
    const moved = (by: number) => {
      const shift = (data: ArrayLike<number>) =>
        Float64Array.from(data, (value, i) => value + by * (direction[i] as number))
      const variables = new Map(
        [...values].map(([variable, data]) => [variable, variable.name === name ? shift(data) : data]),
      )
      const leaves = { inputs: name === 'noisy' ? { ...inputs, noisy: shift(noisy) } : inputs, variables }
      return evaluate([loss], leaves)[0]?.data[0] ?? Number.NaN
    }
    return (moved(STEP) - moved(-STEP)) / (2 * STEP)
  }
  const fromDifferences = new Map<string, number>()
  const onDevice = new Map<string, number>()
  for (const [i, name] of names.entries()) {
    const gradient = exact[i] ?? new Float64Array()
    const direction = wave(gradient.length, 1.1)
    const along = gradient.reduce((total, value, j) => total + value * (direction[j] as number), 0)
    const scale = gradient.reduce((total, value) => total + Math.abs(value), 0)
    fromDifferences.set(name, Math.abs(slope(name, direction) - along) / scale)
    onDevice.set(name, relativeError(actual[name], gradient))
  }
  return { fromDifferences, onDevice }
}
