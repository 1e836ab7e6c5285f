import fc from 'fast-check'
import { gradients, inputTensor, type Shape, showShape, sizeOf, type Tensor } from '../../src/index.ts'
import type { Trial } from './operations.ts'

const SEED = 20261122

/** Random values that keep a distance from each other and from kinks at 0, so that finite differences see a smooth function. */
function values(shape: Shape, [low, high]: readonly [number, number], generator: { next(): number }): Float32Array {
  const count = sizeOf(shape)
  const order = Array.from({ length: count }, (_, i) => i).sort(() => generator.next() - 0.5)
  return Float32Array.from(order, (rank) => low + ((rank + 0.3 + 0.4 * generator.next()) / count) * (high - low))
}

/** Mulberry32: random numbers for test values that a seed repeats. */
function generatorOf(seed: number): { next(): number } {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { next }
}

/** The trial's output, its weighted sum, and the gradient of that for each input. */
export function build({ build: op }: Trial, inputs: readonly Tensor[], seed: Tensor): Record<string, Tensor> {
  const y = op(...inputs)
  const found = gradients(y, inputs, seed)
  return { y, ...Object.fromEntries(found.map((gradient, i) => [`d${i}`, gradient])) }
}

const named = (shapes: readonly Shape[]) => Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape]))

/** A trial's symbolic inputs and random values for them and for the gradient of its output. */
export function prepare(trial: Trial) {
  const generator = generatorOf(SEED)
  const shapes = named(trial.shapes)
  const inputs = Object.entries(shapes).map(([name, shape]) => inputTensor(name, shape))
  const outputShape = trial.build(...inputs).shape
  const data = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, values(shape, trial.range ?? [-2, 2], generator)]),
  )
  return { shapes, inputs, outputShape, data: { ...data, seed: values(outputShape, [-1, 1], generator) } }
}

/** Random trials, the same every time. */
export const sample = (trials: fc.Arbitrary<Trial>, count: number): Trial[] =>
  fc.sample(trials, { seed: SEED, numRuns: count })
/** The trial in one line, for a failure's message. */
export const show = (name: string, trial: Trial) => `${name} of ${trial.shapes.map(showShape).join(', ')}, seed ${SEED}`
