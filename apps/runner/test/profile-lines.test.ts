import { profileOf, type TimedKernel } from '@noisescope/core'
import { expect, test } from 'vitest'
import { profileLines } from '../src/profile-lines.ts'

const kernel = (layer: string, name: string, milliseconds: number, operations = 2e6): TimedKernel => ({
  layer,
  name,
  milliseconds,
  operations,
  bytes: 1e6,
  workgroups: [1, 1, 1],
})

const ceilings = { operationsPerSecond: 10e9, copyBytesPerSecond: 4e9 }

test('kernels are listed by their time, with rates and the share of the ceiling; layers as they run', () => {
  const profile = profileOf(
    [
      {
        runs: 2,
        kernels: [kernel('conv_1', 'direct 8', 1), kernel('', 'copy', 0.5, 0), kernel('conv_1/gradient', 'gemm', 4)],
      },
    ],
    { method: 'timestamps', ceilings },
  )
  const lines = profileLines(profile).map((line) => line.replaceAll(/ {2,}/g, '  ').trim())
  expect(lines).toEqual([
    "Kernels: 11.0 ms in 2 runs, timed by the adapter's clock.",
    'kernel  layer  times  ms  share  GFLOP/s  GB/s  of ceiling',
    'gemm  conv_1, gradient  2  8.0  72.7 %  0.50  0.25  6.3 %',
    'direct 8  conv_1  2  2.0  18.2 %  2.00  1.00  25.0 %',
    'copy  outside layers  2  1.0  9.1 %  -  2.00  50.0 %',
    'Layers, with their gradients:',
    'layer  ms  share',
    'conv_1  10.0  90.9 %',
    'outside layers  1.0  9.1 %',
    expect.stringContaining('10.0 GFLOP/s of multiply-adds, 4.00 GB/s of copying'),
  ])
})

test('of very many kernels the shortest are summed up', () => {
  const kernels = Array.from({ length: 25 }, (_, i) => kernel('conv_1', `kernel ${i}`, 25 - i))
  const lines = profileLines(profileOf([{ runs: 1, kernels }], { method: 'fences' }))
  expect(lines.filter((line) => /^ {2}kernel \d+ /.test(line))).toHaveLength(20)
  expect(lines).toContain('  5 more: 15.0 ms, 4.6 %; all of them with --json.')
})

test('a profile of nothing has no shares that are no numbers', () => {
  expect(profileLines(profileOf([], { method: 'timestamps', ceilings })).join('\n')).not.toContain('NaN')
})
