import { gradients, inputTensor, mul, type Shape, sum, type Tensor } from '@noisescope/core'
import type { ExplainContext, Explainer } from '../explainer.ts'
import type { TracedModel } from '../traced-model.ts'
import {
  checkRescale,
  type FullGradMapOptions,
  fullGradMaps,
  mappedTerms,
  rescaledTitle,
  sumOfParts,
  termMap,
} from './full-grad-maps.ts'
import { type FullGradientTerm, fullGradient } from './full-gradient.ts'
import { checkSamples, noisySamples, type SampleOptions } from './noisy-samples.ts'
import { named, prefixed } from './prefixed.ts'

export interface SmoothFullGradOptions extends Partial<SampleOptions>, FullGradMapOptions {}

/**
 * Smooth FullGrad: FullGrad's terms summed over copies of the image with noise on them, with their signs, before psi. 25
 * samples with a noise of 0.15 of the image's range, if not given.
 *
 * map = sum over c of psi(sum over s of g_y y_s)_c + sum over layers of sum over c of psi(sum over s of g_l b_l)_c
 *
 * Maps and values as of FullGrad; maps in units of T, and the values, are of the mean over the samples, whose values add up to
 * the mean of T, as `completeness` says.
 *
 * Source: github.com/idiap/fullgrad-saliency, smooth_fullgrad.py, of the authors of FullGrad, but that the channels of a
 * colour image stay apart until after psi, as in FullGrad.
 * @throws InputError when samples, noise, seed or rescale are unusable; on explaining when the network has an operation whose bias is not known.
 */
export function smoothFullGrad(options: SmoothFullGradOptions = {}): Explainer {
  const { samples = 25, noise = 0.15, seed = 0, rescale = 'layer', implicit = false } = options
  const sampling = { samples, noise, seed }
  const method = 'smooth-fullgrad'
  checkSamples(method, sampling)
  checkRescale(method, rescale)
  return {
    name: method,
    title: rescaledTitle('Smooth FullGrad', rescale),
    options: { ...sampling, rescale, implicit },
    explain: async ({ held: context }) => {
      const { means, value } = await meanTerms(context, sampling, method)
      const { width, height } = context
      const terms = mappedTerms(
        fullGradientOf(context, context.symbolic, symbolsOf(shapesOf(context, 1))).terms,
        implicit,
      )
      const shapes = prefixed('mean', terms, ({ contribution: { shape } }): Shape => [1, ...shape.slice(1)])
      const maps = await context.replay(
        JSON.stringify([method, rescale, samples, shapes]),
        shapes,
        (mean) =>
          prefixed('map', terms, ({ name }) =>
            termMap(mean[`mean ${name}`] as Tensor, { width, height }, rescale, samples),
          ),
        prefixed('mean', terms, ({ name }) => means.get(name) ?? new Float32Array()),
      )
      const parts = Array.from(means, ([name, mean]): [string, Float32Array] => [
        name,
        Float32Array.of(mean.reduce((total, part) => total + part, 0)),
      ])
      return { maps: fullGradMaps(context, named('map', maps), rescale), ...sumOfParts(value, parts) }
    },
  }
}

/** What a replay is given: images, those that count (1; 0 for those that fill the batch), and what the target asks for. */
function shapesOf({ target, symbolic }: ExplainContext, batch: number): Record<string, Shape> {
  const { shape } = symbolic.noisy
  return {
    noisy: [batch, ...shape.slice(1)],
    weights: target.tensor(symbolic).shape,
    counted: [batch, 1, 1, 1],
    ...(target.needsClean ? { clean: shape } : {}),
  }
}

const symbolsOf = (shapes: Readonly<Record<string, Shape>>): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, inputTensor(name, shape)]))

/** T of a batch summed over the images that count, and its full gradient. */
function fullGradientOf(
  { target }: ExplainContext,
  model: TracedModel,
  { weights, counted, clean }: Readonly<Record<string, Tensor>>,
): { value: Tensor; terms: FullGradientTerm[] } {
  const values = target.value(model, weights as Tensor, clean)
  const value = sum(mul(values, counted as Tensor))
  const inputs = model.sigma === undefined ? [model.noisy] : [model.noisy, model.sigma]
  return {
    value,
    terms: fullGradient({ target: values, inputs, gradients: (tensors) => gradients(value, tensors) }),
  }
}

/** The means of T and of the contributions [1, c, h, w] of each term over the samples. */
async function meanTerms(
  context: ExplainContext,
  sampling: SampleOptions,
  method: string,
): Promise<{ value: number; means: Map<string, Float32Array> }> {
  const { samples } = sampling
  const { noisy, target, weights } = context
  const batch = context.batchFor(samples)
  const sampleAt = noisySamples(context, sampling)
  const images = new Float32Array(batch * noisy.length)
  const means = new Map<string, Float32Array>()
  let mean = 0
  for (let from = 0; from < samples; from += batch) {
    const counted = Float32Array.from({ length: batch }, (_, i) => Number(from + i < samples))
    for (let i = 0; i < batch && from + i < samples; i++) images.set(sampleAt(from + i), i * noisy.length)
    const { value, ...sums } = await context.replay(
      JSON.stringify([method, target.form, batch]),
      shapesOf(context, batch),
      (symbols, graphOf) => {
        const { value: total, terms } = fullGradientOf(context, graphOf(symbols.noisy as Tensor), symbols)
        return { value: total, ...prefixed('sum', terms, ({ contribution }) => sum(contribution, [0])) }
      },
      { noisy: images, weights, counted, ...(target.needsClean ? { clean: context.clean(method) } : {}) },
    )
    mean += (value?.[0] ?? Number.NaN) / samples
    for (const [name, part] of named('sum', sums)) {
      const sofar = means.get(name) ?? new Float32Array(part.length)
      for (let i = 0; i < part.length; i++) sofar[i] = (sofar[i] as number) + (part[i] as number) / samples
      means.set(name, sofar)
    }
  }
  return { value: mean, means }
}
