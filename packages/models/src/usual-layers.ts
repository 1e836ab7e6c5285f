import type { Model } from '@noisescope/nn'

/** The layers that maps are drawn of unless others are asked for: the activations where they are layers of their own, else all. */
export function usualLayers({ layers }: Model): string[] {
  const all = layers.filter(({ kind }) => kind !== 'Cropping2D' && kind !== 'Padding2D')
  const activations = all.filter(({ kind }) => kind === 'Activation')
  return (activations.length > 0 ? activations : all).map(({ name }) => name)
}
