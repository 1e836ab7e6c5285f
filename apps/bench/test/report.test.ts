import { describe, expect, it } from 'vitest'
import { figuresOf } from '../src/compare.ts'
import { columns, reportLines } from '../src/report.ts'
import { exampleComparison, exampleResult, roundOf, sideOf, trusting } from './example-result.ts'

const linesWith = (text: string, result = exampleResult()): string[] =>
  reportLines(result).filter((line) => line.includes(text))

describe('the report', () => {
  it('says what the machine, the adapter and its ceilings are', () => {
    expect(linesWith('Machine: a processor, 2 cores')).toHaveLength(1)
    expect(linesWith('Adapter: an adapter & its driver (software)')).toHaveLength(1)
    expect(linesWith('8.00 GFLOP/core-s, 16.0 GFLOP/s')).toHaveLength(1)
  })

  it('has a row for each side with its share of the ceiling and how many times as fast ours is', () => {
    const cells = linesWith('slow 1.0')[0]?.split(/ {2,}/)
    expect(cells).toEqual(['slow 1.0', '0.125', '1.00', '0.500', '6%', '8.00x', '1.00x', '25%'])
  })

  it('says why a peer is left out, and why figures are void', () => {
    expect(linesWith('missing')[0]).toMatch(/left out: it is not <installed>/)
    const sides = figuresOf({ ...trusting, check: () => 'nothing was done' }, [sideOf('ours', [1])], 1)
    const result = exampleResult({ comparisons: [exampleComparison({ sides, ratios: [] })] })
    expect(linesWith('ours 1.0', result)[0]).toMatch(/void: nothing was done/)
  })

  it('shows the least and the most where rounds differ', () => {
    const sides = figuresOf(trusting, [sideOf('ours', [1, 2, 4])], 1)
    const result = exampleResult({ comparisons: [exampleComparison({ sides, ratios: [] })] })
    expect(linesWith('ours 1.0', result)[0]).toMatch(/0\.500 \(0\.250 to 1\.00\)/)
  })

  it('sets the arena of a side that knows it against the least that it could be', () => {
    const memory = { device: 3 * 2 ** 20, arena: 2.4 * 2 ** 20, lowerBound: 2 * 2 ** 20 }
    const side = { ...sideOf('ours', []), rounds: [{ ...roundOf(1), memory }] }
    const sides = figuresOf(trusting, [side], 1)
    const result = exampleResult({ comparisons: [exampleComparison({ sides, ratios: [] })] })
    expect(linesWith('3.00 MiB', result)[0]).toMatch(/2\.40 MiB +2\.00 MiB +1\.20x/)
  })

  it('sets starts against the steady time', () => {
    const times = (seconds: number) => {
      const summary = { median: seconds, least: seconds, most: seconds }
      return { seconds: summary, coreSeconds: summary }
    }
    const [cold, warm, steady, tiny, help] = [times(12), times(3), times(1.5), times(1.2), times(0.3)]
    const start = { side: 256, cold, warm, steady, tiny, help, peakBytes: 2 ** 28 }
    expect(linesWith('warm: ', exampleResult({ start }))[0]).toMatch(/3\.00 +3\.00 +2\.00x +2\.00x/)
    expect(linesWith('--help', exampleResult({ start }))[0]).toMatch(/0\.300 +0\.300 +0\.200x +0\.200x/)
  })
})

it('pads cells to columns, but not the last cell of a row', () => {
  expect(
    columns([
      ['', 'b'],
      ['long', 'c'],
      ['x', 'a sentence as long as it likes'],
    ]),
  ).toEqual(['       b', 'long   c', 'x      a sentence as long as it likes'])
})
