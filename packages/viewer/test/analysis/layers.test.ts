import { describe, expect, test } from 'vitest'
import {
  activationRange,
  channelsInOrder,
  channelsOf,
  layersOf,
  mapRange,
  planeOf,
  scaleOf,
} from '../../src/analysis/index.ts'
import { activation, counted, explanationWith, frameWith, map, traceWith } from './small-trace.ts'

/** Channels of two values each. */
const first = () =>
  counted({ layer: 'first', shape: [4, 1, 2], range: [-2, 3] as const, dead: [1] }, [
    1,
    -2,
    0,
    0,
    3,
    Number.NaN,
    0.5,
    0.5,
  ])

test('layers come in the order in which they run, with what was recorded of them', () => {
  const recorded = activation({ layer: 'second', shape: [1, 1, 2] })
  const frame = frameWith({ activations: [recorded] })
  expect(layersOf(traceWith(frame), frame)).toEqual([
    { index: 0, name: 'first', kind: 'conv2d', shape: [4, 1, 2], parameters: 8, activation: undefined },
    { index: 1, name: 'second', kind: 'conv2d', shape: [1, 1, 2], parameters: 4, activation: recorded },
  ])
})

describe('the channels of a layer', () => {
  test('have the mean square of their finite values, their range and their state', () => {
    expect(channelsOf(first())).toEqual([
      { channel: 0, energy: 2.5, range: [-2, 1], notFinite: 0, state: 'live' },
      { channel: 1, energy: 0, range: [0, 0], notFinite: 0, state: 'dead' },
      { channel: 2, energy: 9, range: [3, 3], notFinite: 1, state: 'not-finite' },
      { channel: 3, energy: 0.25, range: [0.5, 0.5], notFinite: 0, state: 'flat' },
    ])
  })

  test('come in the order of their numbers, or of their energy', () => {
    const layer = first()
    expect(channelsInOrder(layer, 'number')).toEqual([0, 1, 2, 3])
    expect(layer.decoded).toBe(0)
    expect(channelsInOrder(layer, 'most-energy')).toEqual([2, 0, 3, 1])
    expect(channelsInOrder(layer, 'least-energy')).toEqual([1, 3, 0, 2])
  })

  test('of equal energy come by their numbers, and those without a finite value last', () => {
    const layer = activation({ shape: [4, 1, 1], data: Float32Array.of(Number.NaN, 2, 2, Number.POSITIVE_INFINITY) })
    expect(channelsInOrder(layer, 'most-energy')).toEqual([1, 2, 0, 3])
    expect(channelsInOrder(layer, 'least-energy')).toEqual([1, 2, 0, 3])
  })

  test('are views of the layer', () => {
    expect([...planeOf(first(), 2)]).toEqual([3, Number.NaN])
  })
})

describe('the range of an activation', () => {
  test('is that of the channel, of the layer, or of all layers', () => {
    const layer = first()
    const frame = frameWith({ activations: [layer, activation({ range: [0, 8] }), activation({ range: null })] })
    expect(activationRange(frame, layer, 0, 'local')).toEqual([-2, 1])
    expect(activationRange(frame, layer, 0, 'layer')).toEqual([-2, 3])
    expect(activationRange(frame, layer, 0, 'network')).toEqual([-2, 8])
  })

  test('decodes nothing but the layer, and that only for a channel', () => {
    const [layer, other] = [first(), first()]
    const frame = frameWith({ activations: [layer, other] })
    layersOf(traceWith(frame), frame)
    activationRange(frame, layer, 1, 'layer')
    activationRange(frame, layer, 1, 'network')
    expect([layer.decoded, other.decoded]).toEqual([0, 0])
    activationRange(frame, layer, 1, 'local')
    expect(layer.decoded).toBeGreaterThan(0)
    expect(other.decoded).toBe(0)
    const before = layer.decoded
    activationRange(frame, layer, 2, 'local')
    expect(layer.decoded).toBe(before)
  })
})

describe('the range of a map', () => {
  const own = map({ name: 'first', range: [-1, 2], signed: true })
  const sibling = map({ name: 'first', range: [-3, 1], signed: true })
  const distant = map({ name: 'second', range: [-9, 0], signed: true })
  const unsigned = map({ name: 'first', range: [0, 70] })
  const otherUnits = map({ name: 'first', range: [-40, 0], signed: true, units: 'target' })
  const explanation = explanationWith([own, sibling, distant, unsigned, otherUnits])

  test('is its own, or over the maps of its layer or of all layers that can be compared with it', () => {
    expect(mapRange(explanation, own, 'local')).toEqual([-1, 2])
    expect(mapRange(explanation, own, 'layer')).toEqual([-3, 2])
    expect(mapRange(explanation, own, 'network')).toEqual([-9, 2])
  })

  test('with channels is that of their sum, or of the channel that is shown', () => {
    const colour = map({ shape: [3, 1, 2], data: Float32Array.of(1, 2, 3, 4, 5, -6), range: [-6, 5], signed: true })
    // The sums are 1 + 3 + 5 and 2 + 4 - 6.
    expect(mapRange(explanationWith([colour]), colour, 'local')).toEqual([0, 9])
    expect(mapRange(explanationWith([colour]), colour, 'layer')).toEqual([0, 9])
    expect(mapRange(explanationWith([colour]), colour, 'local', 2)).toEqual([-6, 5])
    expect(mapRange(explanationWith([colour]), colour, 'local', 0)).toEqual([1, 2])
    expect(mapRange(explanationWith([colour]), colour, 'layer', 0)).toEqual([-6, 5])
  })
})

test('a range with values below zero, or of a signed map, has zero in the middle of its colours', () => {
  expect(scaleOf([0, 4])).toEqual({ kind: 'sequential', low: 0, high: 4 })
  expect(scaleOf([-5, 4])).toEqual({ kind: 'signed', limit: 5 })
  expect(scaleOf([1, 4], true)).toEqual({ kind: 'signed', limit: 4 })
  expect(scaleOf([-5, -4], false)).toEqual({ kind: 'sequential', low: -5, high: -4 })
  expect(scaleOf(null)).toEqual({ kind: 'sequential', low: 0, high: 1 })
})
