import type { CarriedSet, CarriedWeights, Contents } from '../carried/contents.ts'

export const sampleKinds = ['garment', 'digit', 'photograph'] as const
export type SampleKind = (typeof sampleKinds)[number]

/** A held-out image that the page carries, and which of its kind. */
export interface Sample {
  readonly kind: SampleKind
  /** From 0. */
  readonly index: number
}

export const sampleTexts: Readonly<Record<SampleKind, string>> = {
  garment: 'Garment (Fashion-MNIST)',
  digit: 'Digit (MNIST)',
  photograph: 'Photograph (boats at Nagasaki)',
}

const sets = { garment: 'fashion-mnist', digit: 'mnist' } as const

/** The data set that samples of a kind are of; photographs are of none. */
export const setOf = (kind: SampleKind, contents: Contents): CarriedSet | undefined =>
  kind === 'photograph' ? undefined : contents.sets.find(({ name }) => name === sets[kind])

/** How many images there are of a kind. */
export const countOf = (kind: SampleKind, contents: Contents): number => setOf(kind, contents)?.test.count ?? 1

/** The weights that know images of this kind best, the first that come along otherwise. */
export function weightsFor(kind: SampleKind, { weights, photographs }: Contents): CarriedWeights | undefined {
  const dataset = kind === 'photograph' ? photographs.name : sets[kind]
  const known = weights.filter((each) => each.dataset === dataset)
  return known.find(({ noise }) => noise.kind === 'salt-and-pepper') ?? known[0] ?? weights[0]
}
