import type { TraceFrame } from '@noisescope/explain/trace'
import { expect, test } from 'vitest'
import { Album } from '../src/train/album.ts'

const frame = (step: number): TraceFrame => ({ step, activations: [], explanations: [], scores: [] })

test('an album spans all of a training with few states: the first, the newest, and evenly those between', () => {
  for (const count of [1, 5, 8, 9, 100]) {
    const album = new Album(8)
    for (let step = 0; step < count; step++) album.add(frame(step))
    const steps = album.frames.map(({ step = Number.NaN }) => step)
    expect(steps.length).toBeLessThanOrEqual(8)
    expect(steps.length).toBeGreaterThanOrEqual(Math.min(count, 4))
    expect([steps[0], steps.at(-1)]).toEqual([0, count - 1])
    const gaps = new Set(steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0)))
    expect(gaps.size).toBeLessThanOrEqual(1)
  }
})
