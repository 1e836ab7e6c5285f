import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { BenchResult } from '../src/bench.ts'
import { runCommandLine } from '../src/command-line.ts'

/** Processes are started, kernels compiled (milliseconds). */
const PATIENCE = 1_200_000

afterEach(() => vi.restoreAllMocks())

it(
  'times a network of ours beside one of onnxruntime that does the same, and writes everything to a file',
  async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const printed = vi.spyOn(console, 'log').mockReturnValue()
    const folder = await mkdtemp(join(tmpdir(), 'noisescope-bench-'))
    const json = join(folder, 'new', 'bench.json')
    const args = [
      '--quick',
      '--only',
      'dncnn-image',
      '--sides',
      'onnxruntime-node-cpu',
      '--seconds',
      '0',
      '--json',
      json,
      '--record',
      join(folder, 'bench.md'),
    ]
    expect(await runCommandLine(args)).toBe(0)
    const { comparisons, ceilings, start } = JSON.parse(await readFile(json, 'utf8')) as BenchResult
    const document = await readFile(join(folder, 'bench.md'), 'utf8')
    await rm(folder, { recursive: true })
    const { NOISESCOPE_VULKAN: driver } = process.env
    expect(document).toContain(
      `\`${driver ? `NOISESCOPE_VULKAN=${driver} ` : ''}npx -y pnpm@12 bench --quick --only dncnn-image --sides`,
    )
    expect(comparisons.map(({ sides }) => sides.map(({ side }) => side))).toEqual([
      ['noisescope', 'onnxruntime-node-cpu'],
    ])
    expect(comparisons[0]?.ratios).toHaveLength(1)
    expect(ceilings.perCoreSecond.operationsPerSecond).toBeGreaterThan(0)
    expect(start).toBeUndefined()
    expect(printed.mock.calls.flat().join('\n')).toMatch(/onnxruntime-node \d+\.\d+\.\d+ cpu/)
  },
  PATIENCE,
)

it.each([
  ['a workload that there is not', ['--only', 'nothing']],
  ['a peer that there is not', ['--sides', 'nobody']],
  ['rounds that are no number', ['--rounds', 'many']],
])('refuses %s', async (_, args) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(await runCommandLine(args)).toBe(2)
})

it('refuses a document without a measured part before it measures anything', async () => {
  const told = vi.spyOn(console, 'error').mockReturnValue()
  expect(await runCommandLine(['--record', 'README.md'])).toBe(2)
  expect(told.mock.calls.flat()).toEqual([expect.stringMatching(/README.md has no measured part/)])
})
