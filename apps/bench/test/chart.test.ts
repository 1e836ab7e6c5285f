import { describe, expect, it } from 'vitest'
import { chart } from '../src/chart.ts'
import { exampleResult } from './example-result.ts'

const drawn = chart(exampleResult())
const widths = [...drawn.matchAll(/<rect class="(\w+)".*?width="([\d.]+)"/g)].map(([, kind, width]) => [
  kind,
  Number(width),
])

describe('the chart', () => {
  it('has a bar for each side on the adapter, as long as its rate', () => {
    expect(widths.map(([kind]) => kind)).toEqual(['ours', 'bar'])
    expect(Number(widths[0]?.[1]) / Number(widths[1]?.[1])).toBeCloseTo(8, 5)
  })

  it('gives sides on the processor as text only', () => {
    expect(drawn).toMatch(/on the processor, for scale: native 1\.0 2\.00/)
  })

  it('writes the ratio beside a bar', () => {
    expect(drawn).toMatch(/0\.125 \(ours is 8\.00x\)/)
  })

  it('escapes what is markup in names', () => {
    expect(drawn).toContain('an adapter &#38; its driver')
    expect(drawn.replaceAll(/&#\d+;/g, '')).not.toContain('&')
  })

  it('is high enough for all of it', () => {
    const height = Number(drawn.match(/ height="(\d+)"/)?.[1])
    const lowest = Math.max(...[...drawn.matchAll(/ y="([\d.]+)"/g)].map(([, y]) => Number(y)))
    expect(lowest).toBeLessThan(height)
  })
})
