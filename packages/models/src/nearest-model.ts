import { showShape } from '@noisescope/core'
import { type Model, type StoredTensor, variablesOf } from '@noisescope/nn'
import { modelKind, modelNames } from './models.ts'

interface Convolution {
  readonly name: string
  readonly shape: readonly number[]
}

/**
 * Which model has the most convolutions as these tensors have them, from the first on or else anywhere, and where both first differ: a sentence
 * for the refusal of weights of an unknown network.
 */
export function nearestModel(tensors: ReadonlyMap<string, StoredTensor>): string {
  const found = convolutions([...tensors].map(([name, { shape }]) => ({ name, shape })))
  const candidates = modelNames.flatMap((name) =>
    variantsOf(name).map((model) => {
      const own = convolutions(variablesOf(model))
      const place = own.findIndex(({ shape }, i) => shape.join() !== found[i]?.shape.join())
      const same = place < 0 ? own.length : place
      return { name, own, same, alike: inCommon(own, found), size: Math.abs(own.length - found.length) }
    }),
  )
  const [nearest] = candidates.toSorted((a, b) => b.same - a.same || b.alike - a.alike || a.size - b.size)
  if (nearest === undefined || found.length === 0) {
    const [first] = tensors
    const holds = first === undefined ? 'nothing' : `${first[0]} ${showShape(first[1].shape)} and others`
    return `it has no convolutions, but ${holds}; expected weights of ${modelNames.join(', ')}`
  }
  const [expected, given] = [nearest.own[nearest.same], found[nearest.same]]
  return (
    `nearest is ${nearest.name}, which first differs in convolution ${nearest.same + 1}: ` +
    `${expected === undefined ? 'it has none' : `${expected.name} ${showShape(expected.shape)}`}, the file has ` +
    `${given === undefined ? 'no more' : `${given.name} ${showShape(given.shape)}`}`
  )
}

const convolutions = (all: readonly Convolution[]): Convolution[] =>
  all.filter(({ name, shape }) => shape.length === 4 && /(^|\.)weight$/.test(name))

/** How many convolutions of one have a counterpart of the same shape in the other, wherever it stands. */
function inCommon(own: readonly Convolution[], found: readonly Convolution[]): number {
  const left = found.map(({ shape }) => shape.join())
  return own.filter(({ shape }) => {
    const place = left.indexOf(shape.join())
    if (place >= 0) left.splice(place, 1)
    return place >= 0
  }).length
}

/** A model for grey images, and where it has one, for colour. */
function variantsOf(name: string): Model[] {
  const kind = modelKind(name)
  return kind.takes === 'tiles' ? [kind.build({})] : [kind.build({}), kind.build({ channels: 3 })]
}
