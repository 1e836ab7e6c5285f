import { describe, expect, test } from 'vitest'
import { imageOf, imagesOf, valuesOf } from '../../src/analysis/index.ts'
import { frameWith, traceWith } from './small-trace.ts'

const grey = (...values: number[]) => ({ shape: [1, 1, values.length], data: Float32Array.from(values) })

describe('the images of a frame', () => {
  test('are those that the trace has, in their order', () => {
    const frame = frameWith({})
    expect(imagesOf(traceWith(frame), frame).map(({ name }) => name)).toEqual(['noisy'])
    const whole = frameWith({ denoised: grey(0.5, 0.5), residual: grey(0.25, -0.25), error: grey(0, 0.5) })
    const trace = traceWith(whole, { clean: grey(0.5, 0), noise: grey(0.25, 0.25) })
    expect(imagesOf(trace, whole).map(({ name }) => name)).toEqual([
      'clean',
      'noisy',
      'denoised',
      'residual',
      'noise',
      'error',
    ])
  })

  test('include the differences that follow from those that the trace has', () => {
    const frame = frameWith({ denoised: grey(0.5, 0.125) })
    const trace = traceWith(frame, { clean: grey(0.5, 0.25) })
    const values = (name: 'residual' | 'noise' | 'error') => [...valuesOf(imageOf(trace, frame, name)!.tensor)]
    // The noisy image is 0.75, 0.25.
    expect(values('residual')).toEqual([0.25, 0.125])
    expect(values('noise')).toEqual([0.25, 0])
    expect(values('error')).toEqual([0, -0.125])
    expect(imageOf(trace, frame, 'residual')?.tensor).toBe(imageOf(trace, frame, 'residual')?.tensor)
  })

  test('that are on 0..1 are drawn in grey from 0 to 1', () => {
    const frame = frameWith({})
    expect(imageOf(traceWith(frame), frame, 'noisy')).toMatchObject({
      width: 2,
      height: 1,
      channels: 1,
      signed: false,
      scale: { kind: 'grey', low: 0, high: 1 },
      open: false,
    })
  })
})

describe('the scale of differences', () => {
  test('is one for the residual and the true noise, that of the noise', () => {
    const frame = frameWith({ denoised: grey(0.5, 0.5), residual: grey(0.9, -0.1) })
    const trace = traceWith(frame, { noise: grey(0.31, -0.2) })
    expect(imageOf(trace, frame, 'noise')).toMatchObject({ scale: { kind: 'signed', limit: 0.4 }, open: false })
    expect(imageOf(trace, frame, 'residual')).toMatchObject({ scale: { kind: 'signed', limit: 0.4 }, open: true })
  })

  test('is the own one of the residual where the noise is not known', () => {
    const frame = frameWith({ residual: grey(0.07, -0.1) })
    expect(imageOf(traceWith(frame), frame, 'residual')?.scale).toEqual({ kind: 'signed', limit: 0.1 })
  })

  test('is not made large by a few impulses, but reaches a quarter of them', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i < 4 ? 0.8 : 0.01))
    const frame = frameWith({ residual: grey(...values) })
    expect(imageOf(traceWith(frame), frame, 'residual')).toMatchObject({
      scale: { kind: 'signed', limit: 0.2 },
      open: true,
    })
  })

  test('has an extent even where nothing differs or nothing is finite', () => {
    for (const values of [
      [0, 0],
      [Number.NaN, Number.NaN],
    ]) {
      const frame = frameWith({ residual: grey(...values) })
      expect(imageOf(traceWith(frame), frame, 'residual')).toMatchObject({
        scale: { kind: 'signed', limit: 1 },
        open: false,
      })
    }
  })

  test('of colour images is around the middle grey', () => {
    const frame = frameWith({ error: { shape: [3, 1, 1], data: Float32Array.of(-0.2, 0, 0.1) } })
    expect(imageOf(traceWith(frame), frame, 'error')).toMatchObject({
      channels: 3,
      signed: true,
      scale: { kind: 'grey', low: -0.2, high: 0.2 },
    })
  })
})
