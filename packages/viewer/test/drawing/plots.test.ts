import { colouringOf, type Scale } from '@noisescope/palettes'
import { describe, expect, test } from 'vitest'
import { histogramOf } from '../../src/analysis/index.ts'
import { colourBarOf, cssGradient, histogramPath, lossCurve, stepAxis, valueAxis } from '../../src/drawing/index.ts'

describe('a colour bar', () => {
  const scales: Scale[] = [
    { kind: 'grey', low: 0, high: 1 },
    { kind: 'sequential', low: 0, high: 3 },
    { kind: 'signed', limit: 0.4 },
  ]

  test('has its numbers at the ends and in the middle', () => {
    expect(colourBarOf({ kind: 'sequential', low: 1, high: 4 }).ticks).toEqual([
      { value: 1, position: 0, text: '1' },
      { value: 2.5, position: 0.5, text: '2.5' },
      { value: 4, position: 1, text: '4' },
    ])
  })

  test('of signed values has zero in its middle, and says where there are values beyond its ends', () => {
    const texts = (open: boolean) => colourBarOf({ kind: 'signed', limit: 0.4 }, open).ticks.map(({ text }) => text)
    expect(texts(false)).toEqual(['−0.4', '−0.2', '0', '0.2', '0.4'])
    expect(texts(true)).toEqual(['< −0.4', '−0.2', '0', '0.2', '> 0.4'])
  })

  test('without extent has one number', () => {
    expect(colourBarOf({ kind: 'sequential', low: 2, high: 2 }).ticks).toEqual([{ value: 2, position: 0, text: '2' }])
  })

  test.each(scales)('differs nowhere by more than 3 of 255 from the colours that it explains ($kind)', (scale) => {
    const { stops } = colourBarOf(scale)
    const [low, high] = scale.kind === 'signed' ? [-scale.limit, scale.limit] : [scale.low, scale.high]
    const channels = stops.map(({ colour }) => colour.match(/\d+/g)!.map(Number))
    for (let step = 0; step <= 1000; step++) {
      const position = (step / 1000) * (stops.length - 1)
      const [before, after] = [channels[Math.floor(position)]!, channels[Math.ceil(position)]!]
      const colour = colouringOf(scale)(low + ((high - low) * step) / 1000)
      for (let c = 0; c < 3; c++) {
        const drawn = before[c]! + (position % 1) * (after[c]! - before[c]!)
        expect(Math.abs(drawn - colour[c]!)).toBeLessThanOrEqual(3)
      }
    }
  })

  test('is a gradient for a style sheet', () => {
    const gradient = cssGradient(colourBarOf({ kind: 'grey', low: 0, high: 1 }), 'to top')
    expect(gradient).toMatch(/^linear-gradient\(to top, rgb\(0, 0, 0\), .*, rgb\(255, 255, 255\)\)$/)
  })
})

describe('the outline of a histogram', () => {
  const histogram = { range: [0, 4] as const, counts: Uint32Array.of(2, 0, 8, 4), notFinite: 0 }

  test('is as tall in each bin as its share of the fullest', () => {
    const path = histogramPath(histogram, { width: 100, height: 40 }, 'linear')
    expect(path).toBe('M0,40V30H25V40H50V0H75V20H100V40Z')
  })

  test('on a logarithmic axis shows few beside many', () => {
    // log(1 + 2) / log(1 + 8) = 1/2; log(1 + 4) / log(9) = 0.7325
    const path = histogramPath(histogram, { width: 100, height: 40 }, 'logarithmic')
    expect(path).toBe('M0,40V20H25V40H50V0H75V10.7H100V40Z')
  })

  test('is empty where nothing is finite, and full where all values are the same', () => {
    const size = { width: 10, height: 5 }
    expect(histogramPath(histogramOf(Float32Array.of(Number.NaN)), size, 'linear')).toBe('')
    expect(histogramPath(histogramOf(Float32Array.of(1, 1)), size, 'linear')).toBe('M0,5V0H10V5Z')
  })
})

describe('an axis', () => {
  test('has round numbers between its ends', () => {
    const axis = valueAxis([0.12, 0.87], [200, 0])
    expect(axis.logarithmic).toBe(false)
    expect(axis.ticks.map(({ text }) => text)).toEqual(['0.2', '0.4', '0.6', '0.8'])
    expect([axis.position(0.12), axis.position(0.87)]).toEqual([200, 0])
    expect(axis.ticks[0]?.position).toBeCloseTo(200 - (0.08 / 0.75) * 200, 9)
  })

  test('is logarithmic where values span more than a factor of ten, or where it is wanted', () => {
    const axis = valueAxis([0.01, 1], [100, 0])
    expect(axis.logarithmic).toBe(true)
    expect(axis.ticks.map(({ value }) => value)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    expect(axis.position(0.1)).toBeCloseTo(50, 9)
    expect(axis.position(0)).toBeNaN()
    expect(valueAxis([0.01, 1], [100, 0], false).logarithmic).toBe(false)
    expect(valueAxis([1, 2], [100, 0], true).logarithmic).toBe(true)
  })

  test('of more than four powers of ten has only those', () => {
    expect(valueAxis([1e-6, 0.1], [100, 0]).ticks.map(({ value }) => value)).toEqual([
      1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1,
    ])
  })

  test('is never logarithmic over values that are not positive', () => {
    expect(valueAxis([0, 100], [100, 0], true).logarithmic).toBe(false)
  })

  test('of a single value has it in its middle', () => {
    expect(valueAxis([5], [100, 0]).position(5)).toBe(50)
    expect(stepAxis([7], [0, 100]).position(7)).toBe(50)
  })

  test('of steps has whole numbers', () => {
    expect(stepAxis([1, 4], [0, 90]).ticks.map(({ value, position }) => [value, position])).toEqual([
      [1, 0],
      [2, 30],
      [3, 60],
      [4, 90],
    ])
    expect(stepAxis([0, 12_000], [0, 1]).ticks.at(-1)?.text).toBe('10,000')
  })
})

describe('a loss curve', () => {
  const box = { left: 10, top: 0, right: 110, bottom: 100 }

  test('goes through the losses, and breaks where one is missing', () => {
    const curve = lossCurve({ steps: [0, 1, 2, 3, 4], loss: [4, 3, null, 2, 0] }, box)
    expect(curve?.training).toBe('M10,0L35,25M85,50L110,100')
    expect(curve?.missing).toBe(1)
    expect(curve?.mean).toBeUndefined()
  })

  test('has the validation losses on the same axes', () => {
    const curve = lossCurve({ steps: [0, 10], loss: [4, 2], validation: { steps: [5, 10], values: [3, 0] } }, box)
    expect(curve?.training).toBe('M10,0L110,50')
    expect(curve?.validation).toBe('M60,25L110,100')
    expect(curve?.validationPoints).toEqual([
      [60, 25],
      [110, 100],
    ])
  })

  test('of many steps has a moving mean, over fewer at its ends', () => {
    const loss = Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 1 : 3))
    const curve = lossCurve({ steps: loss.map((_, i) => i), loss }, { left: 0, top: 0, right: 79, bottom: 2 })
    expect(curve?.mean?.steps).toBe(3)
    // 1; (1 + 3 + 1) / 3; (3 + 1 + 3) / 3; ...; (1 + 3) / 2 at the end, on an axis from 1 (bottom, 2) to 3 (top, 0).
    expect(curve?.mean?.path).toMatch(/^M0,2L1,1\.33L2,0\.67L3,1\.33/)
    expect(curve?.mean?.path).toMatch(/L79,1$/)
  })

  test('counts the losses that a logarithmic axis cannot show', () => {
    const curve = lossCurve({ steps: [0, 1, 2], loss: [100, 1, null] }, box)
    expect(curve?.losses.logarithmic).toBe(true)
    expect(curve?.missing).toBe(1)
  })

  test('without a finite loss is none', () => {
    expect(lossCurve({ steps: [1], loss: [null] }, box)).toBeUndefined()
    expect(lossCurve({ steps: [], loss: [] }, box)).toBeUndefined()
  })
})
