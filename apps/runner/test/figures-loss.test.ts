import { InputError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { type LossPoint, lossCurve } from '../src/figures/index.ts'
import { lossAxis, movingMean } from '../src/figures/loss-axes.ts'
import { expectTidy, textsOf } from './figures-pictures.ts'

const historyOf = (count: number, loss: (step: number) => number): LossPoint[] =>
  Array.from({ length: count }, (_, i) => ({ step: i + 1, epoch: 1 + Math.floor((3 * i) / count), loss: loss(i) }))
const slow = historyOf(600, (step) => 0.3 + 0.3 * Math.exp(-step / 100) + 0.01 * Math.sin(step * 7))
const validation = [
  { step: 200, loss: 0.34 },
  { step: 400, loss: 0.31 },
  { step: 600, loss: 0.3 },
]

describe('a loss curve', () => {
  const figure = lossCurve({ history: slow, validation, title: 'Fashion-MNIST', lossName: 'binary cross-entropy' })

  test('has a legend, named axes, ticks and the epochs', () => {
    expect(textsOf(figure)).toEqual(
      expect.arrayContaining([
        ...['Fashion-MNIST', 'training step', 'mean over 17 steps', 'validation'],
        ...['step', 'binary cross-entropy', '100', '600', '0.30', '0.60', 'epoch 1', 'epoch 2', 'epoch 3'],
      ]),
    )
  })

  test('draws the mean in full blue and the validation in vermilion', () => {
    const colours = new Map<string, number>()
    for (let i = 0; i < figure.data.length; i += 3) {
      const colour = figure.data.subarray(i, i + 3).join()
      colours.set(colour, (colours.get(colour) ?? 0) + 1)
    }
    expect(colours.get('0,114,178')).toBeGreaterThan(500)
    expect(colours.get('213,94,0')).toBeGreaterThan(3 * 60)
  })

  test('overlaps and cuts nothing, whatever the history', () => {
    const histories = [
      slow,
      slow.slice(0, 1),
      slow.slice(0, 5),
      historyOf(3000, (step) => 1e5 * Math.exp(-step / 100)),
      historyOf(50, () => 0),
      historyOf(90, (step) => 1e-9 * step - 4e-8),
      slow.map((point, i) => ({ ...point, epoch: i, loss: i === 4 ? Number.NaN : point.loss })),
      slow.map((point) => ({ ...point, step: point.step * 1e6 })),
    ]
    for (const history of histories) expectTidy(lossCurve({ history, title: 'A long title '.repeat(20) }))
    expectTidy(lossCurve({ history: [], validation }))
  })

  test('counts the losses that are not finite', () => {
    const history = slow.map((point, i) => (i < 2 ? { ...point, loss: Number.NaN } : point))
    expect(textsOf(lossCurve({ history }))).toContain('not finite and not drawn: 2')
  })

  test('refuses a history without a finite loss', () => {
    expect(() => lossCurve({ history: [] })).toThrow(InputError)
    expect(() => lossCurve({ history: historyOf(3, () => Number.NaN) })).toThrow(InputError)
    expect(() => lossCurve({ history: [{ step: Number.NaN, epoch: 1, loss: 1 }] })).toThrow(InputError)
  })
})

describe('the axis of the losses', () => {
  test('is logarithmic only for positive losses over more than a factor of ten', () => {
    expect(lossAxis([0.3, 0.6], [0, 100]).logarithmic).toBe(false)
    expect(lossAxis([0, 100], [0, 100]).logarithmic).toBe(false)
    const axis = lossAxis([0.01, 1], [0, 100])
    expect(axis.logarithmic).toBe(true)
    expect(axis.position(0.1)).toBeCloseTo(50, 9)
    expect(axis.position(0)).toBeNaN()
  })
})

describe('the moving mean', () => {
  test('keeps a straight line where it has neighbours on both sides, and leaves out what is not finite', () => {
    const { values, window } = movingMean(Array.from({ length: 400 }, (_, i) => i))
    expect(window).toBe(11)
    expect(values[0]).toBe(0)
    expect(values[200]).toBeCloseTo(200, 9)
    expect(movingMean(Array.from({ length: 400 }, (_, i) => (i % 2 ? Number.NaN : 3))).values[200]).toBe(3)
  })
})
