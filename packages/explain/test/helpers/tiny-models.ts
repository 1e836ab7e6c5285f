import { adnet } from '@noisescope/adnet'
import { autoencoder } from '@noisescope/autoencoder'
import type { Device } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { type Model, variablesOf } from '@noisescope/nn'
import type { Explainer } from '../../src/explainer.ts'
import {
  ExplainSession,
  type Explanation,
  pixel,
  rectangle,
  region,
  removed,
  type Size,
  type Subject,
  type Target,
} from '../../src/index.ts'
import { numbers, randomise } from './subjects.ts'

/** Each kind of network, as small as it gets. */
export const tinyModels = (): [string, Model, Size][] => [
  ['autoencoder', autoencoder({ seed: 3 }), { width: 28, height: 28 }],
  ['DnCNN', dncnn({ depth: 5, width: 6, seed: 1 }), { width: 17, height: 14 }],
  ['FFDNet', ffdnet({ depth: 4, width: 6, seed: 1 }), { width: 15, height: 13 }],
  ['ADNet', adnet({ width: 4, seed: 2 }), { width: 14, height: 13 }],
]

/** Targets of each kind that decompositions must be complete for. */
export const targetsIn = (size: Size): [string, Target][] => [
  ['a pixel', pixel(7, 5)],
  ['a region', region(rectangle(size, 6, 4, 5, 4))],
  ['what is removed', removed(rectangle(size, 6, 4, 5, 4))],
]

/**
 * A smooth image, and the same with noise on two pixels of three, brighter on the whole, so that what it changes does not cancel;
 * where FFDNet is meant, its noise level.
 */
export function cleanAndNoisy(
  model: Model,
  { width, height }: Size,
): Omit<Subject, 'target'> & { clean: Float32Array } {
  const clean = Float32Array.from(
    { length: model.channels * width * height },
    (_, i) => 0.5 + 0.3 * Math.sin(((i % width) + Math.floor(i / width)) / 3),
  )
  const noise = numbers(clean.length, 5)
  const noisy = clean.map((value, i) => (i % 3 === 0 ? value : value + 0.2 * (noise[i] as number) + 0.05))
  return { noisy, clean, ...(model.takesSigma ? { sigma: 0.1 } : {}) }
}

/** Weights with which the network does something: as they start, most remove next to nothing. */
export function liven(device: Device, model: Model): void {
  randomise(device, model)
  // ADNet is deeper.
  const gain = model.name === 'adnet' ? 0.75 : 0.5
  for (const [v, { name, shape, initial }] of variablesOf(model).entries()) {
    const variable = variablesOf(model)[v]!
    if (shape.length > 1 && model.name === 'autoencoder')
      device.write(
        variable,
        initial.map((value) => 1.7 * value),
      )
    if (/batch_norm_\d+\.weight$/.test(name))
      device.write(
        variable,
        numbers(initial.length, v).map((value) => gain + 0.2 * value),
      )
  }
}

/** Weights as of another training. */
export function otherWeights(device: Device, model: Model): void {
  randomise(device, model)
  for (const variable of variablesOf(model)) {
    if (variable.shape.length > 1) device.write(variable, variable.initial.toReversed())
  }
}

/** What share of a map another differs by, of those that two explanations give. */
export const differences = (a: readonly Explanation[], b: readonly Explanation[]): Record<string, number> =>
  Object.fromEntries(
    a.flatMap(({ method, maps }, i) =>
      maps.map(({ name, data }, j) => {
        const other = b[i]?.maps[j]?.data ?? new Float32Array()
        const norm = (values: Float32Array): number => Math.hypot(...values)
        return [`${method} ${name}`, norm(data.map((value, k) => value - (other[k] as number))) / norm(data)]
      }),
    ),
  )

/** How much each explainer's maps differ between two sets of weights. */
export async function differencesWithOtherWeights(
  device: Device,
  explainers: readonly Explainer[],
): Promise<Record<string, number>> {
  const model = dncnn({ depth: 3, width: 4, bias: 'all', seed: 1 })
  const size = { width: 13, height: 12 }
  const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5, 'residual') }
  randomise(device, model)
  using session = new ExplainSession(device, model, size)
  const before = await session.explain(subject, explainers, { layers: [] })
  otherWeights(device, model)
  return differences(before, await session.explain(subject, explainers, { layers: [] }))
}
