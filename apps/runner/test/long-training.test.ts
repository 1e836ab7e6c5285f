import { modelKind } from '@noisescope/models'
import { expect, test } from 'vitest'
import { type LongTraining, longTrainingLines } from '../src/long-training.ts'

const HOUR = 3600
const adapter = { description: 'llvmpipe', traits: { kind: 'software' } } as LongTraining['adapter']

/** A training of 1,600 steps an epoch on patches of 40x40. */
function training(name: string, epochs: number): LongTraining['task'] {
  const kind = modelKind(name)
  const run = { epochs, batchSize: 128, data: { count: 204_800, shape: [1, 40, 40] } }
  return { kind, model: kind.build({}), run } as unknown as LongTraining['task']
}

test('a long training is told with what would be faster: fewer epochs, a limit, a smaller network, another adapter', () => {
  const lines = longTrainingLines(
    { seconds: 50 * HOUR, steps: 80_000 },
    { task: training('dncnn-s', 50), adapter },
  ).join('\n')
  expect(lines).toMatch(/^This training will take about 50 h 00 min on this adapter \(80000 steps, an epoch has 1600\)/)
  expect(lines).toContain('--epochs 2 ends in about 2 h 00 min')
  expect(lines).toContain('--max-minutes 120 ends after two hours')
  // 56,256 of 556,032 parameters, 3,200 of 204,800 patches, 150 instead of 50 epochs: a 211th.
  expect(lines).toContain('--model dncnn-compact, a smaller network, takes about 14 min 14 s')
  expect(lines).toContain('many times faster: a GPU')
})

test('of what is left of a training only that counts, and no more than its limit', () => {
  const [first, second] = longTrainingLines(
    { seconds: 50 * HOUR, steps: 8_000 },
    { task: training('dncnn-s', 50), maxSeconds: 3 * HOUR, adapter },
  )
  expect(first).toContain('50 h 00 min on this adapter, of which its limit allows 3 h 00 min (8000 steps')
  expect(second).toContain('one epoch alone takes 10 h 00 min')
})

test('the small network itself is not told of itself', () => {
  const lines = longTrainingLines(
    { seconds: 9 * HOUR, steps: 15_000 },
    { task: training('dncnn-compact', 150), adapter },
  )
  expect(lines.join('\n')).not.toContain('--model')
})
