import { fileURLToPath } from 'node:url'
import { InputError } from '@noisescope/core'
import type { Noise } from '@noisescope/noise'

/** What the user asked for, as far as shipped weights differ in it. */
export interface ShippedChoice {
  readonly model?: string | undefined
  readonly dataset?: string | undefined
  readonly noise?: Noise['kind'] | undefined
}

type Shipped = Required<{ [Name in keyof ShippedChoice]: string }> & { readonly file: string }

const autoencoder = (dataset: string, noise: Noise['kind']): Shipped => ({
  model: 'autoencoder',
  dataset,
  noise,
  file: `autoencoder-${dataset}-${noise}.safetensors`,
})

/** Weights that come along: what they are for, best first where several fit. */
const SHIPPED: readonly Shipped[] = [
  autoencoder('fashion-mnist', 'salt-and-pepper'),
  autoencoder('fashion-mnist', 'gaussian'),
  autoencoder('fashion-mnist', 'laplace'),
  autoencoder('fashion-mnist', 'poisson'),
  autoencoder('mnist', 'salt-and-pepper'),
  autoencoder('mnist', 'gaussian'),
  autoencoder('mnist', 'laplace'),
  autoencoder('mnist', 'poisson'),
  { model: 'dncnn-compact', dataset: 'stdlib-photographs', noise: 'gaussian', file: 'dncnn-compact.safetensors' },
]

/** True when weights of exactly this model, data set and noise come along. */
export const shippedExactly = ({ model, dataset, noise }: Required<ShippedChoice>): boolean =>
  SHIPPED.some((entry) => entry.model === model && entry.dataset === dataset && entry.noise === noise)

/**
 * The shipped weights of a model (the autoencoder unless named) that agree with most of what is asked for.
 * @throws InputError when none of that model come along.
 */
export function shippedWeights({ model = 'autoencoder', dataset, noise }: ShippedChoice): string {
  const agreement = (entry: (typeof SHIPPED)[number]): number =>
    (entry.dataset === dataset ? 2 : 0) + (entry.noise === noise ? 1 : 0)
  const fitting = SHIPPED.filter((entry) => entry.model === model)
  const [best] = fitting.toSorted((a, b) => agreement(b) - agreement(a))
  if (best === undefined) {
    const models = [...new Set(SHIPPED.map((entry) => entry.model))].join(' and ')
    throw new InputError(`no weights of the ${model} come along, only of ${models}; give a file with --weights`)
  }
  return fileURLToPath(new URL(`../weights/${best.file}`, import.meta.url))
}
