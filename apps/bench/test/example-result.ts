import type { AdapterInfo } from '@noisescope/core'
import type { BenchResult } from '../src/bench.ts'
import { type Comparison, figuresOf, ratiosOf } from '../src/compare.ts'
import type { Round } from '../src/measure.ts'
import type { Place } from '../src/workload.ts'

/** A round of one step of 1 s by the clock, with so many core-seconds, a quarter of them on JavaScript's thread. */
export const roundOf = (coreSeconds: number, first: readonly number[] = [1, 2], last = first): Round => ({
  steps: 1,
  seconds: 1,
  coreSeconds,
  mainThreadSeconds: coreSeconds / 4,
  peakBytes: 2 ** 28,
  first,
  last,
})

/** A side with a round for each of these core-seconds. */
export const sideOf = (side: string, coreSeconds: readonly number[], place: Place = 'webgpu') => ({
  side,
  library: `${side} 1.0`,
  place,
  rounds: coreSeconds.map((seconds) => roundOf(seconds)),
})

/** Results are taken as they are. */
export const trusting = { check: () => undefined, checkSame: () => undefined }

/** Steps of 4 GFLOP: ours takes 1 core-second, a peer on the adapter 8, one on the processor half of one. */
export function exampleComparison(changes: Partial<Comparison> = {}): Comparison {
  const sides = figuresOf(
    trusting,
    [sideOf('noisescope', [1]), sideOf('slow', [8]), sideOf('native', [0.5], 'processor')],
    1,
  )
  return {
    workload: 'convolution',
    title: 'a convolution',
    unit: 'images',
    variant: { name: '8x8', items: 1, operations: 4e9, when: 'always' },
    adapter: 'an adapter',
    sides,
    absent: [{ side: 'missing', reason: 'it is not <installed>' }],
    ratios: ratiosOf(sides),
    ...changes,
  }
}

export const exampleAdapter: AdapterInfo = {
  description: 'an adapter & its driver',
  traits: {
    kind: 'software',
    vendor: 'mesa',
    architecture: 'software',
    f16: false,
    maxWorkgroupInvocations: 256,
    maxWorkgroupStorageBytes: 16_384,
    maxStorageBuffers: 8,
  },
  features: [],
  limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
  key: 'an adapter',
}

/** Ceilings of 8 GFLOP and 2 GB for each core-second, twice as much by the clock. */
export const exampleCeilings = {
  perCoreSecond: { operationsPerSecond: 8e9, copyBytesPerSecond: 2e9 },
  perSecond: { operationsPerSecond: 16e9, copyBytesPerSecond: 4e9 },
}

export function exampleResult(changes: Partial<BenchResult> = {}): BenchResult {
  return {
    started: '2026-11-25T20:00:00.000Z',
    machine: {
      processor: 'a processor',
      cores: 2,
      memoryGigabytes: 24,
      system: 'linux',
      node: 'v24.0.0',
      dawn: '0.6.2',
      revision: 'abc1234',
      load: 0.5,
    },
    adapter: exampleAdapter,
    plan: { quick: true, rounds: 1, length: { steps: 1, seconds: 2 } },
    ceilings: exampleCeilings,
    comparisons: [exampleComparison()],
    ...changes,
  }
}
