import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordedSource } from '../src/sources/recorded-source.ts'
import { defaultState, settled, stateFrom, stateFromText, stateText } from '../src/state.ts'
import { parseTarget, type TargetChoice, targetText } from '../src/target-text.ts'
import { sampleTrace } from './helpers/sample-trace.ts'

const { methods } = new RecordedSource(sampleTrace)

test('every target comes back from its text', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
  const targets = sizes.chain((size) => {
    const at = { x: fc.integer({ min: 0, max: size.width - 1 }), y: fc.integer({ min: 0, max: size.height - 1 }) }
    const pixels = size.width * size.height
    const mask = fc
      .array(fc.boolean(), { minLength: pixels, maxLength: pixels })
      .filter((inside) => inside.includes(true))
      .map((inside) => Float32Array.from(inside, Number))
    const layer = fc.stringMatching(/^[\w, ]*\w$/)
    const target: fc.Arbitrary<TargetChoice> = fc.oneof(
      fc.record({ kind: fc.constant('pixel' as const), ...at }),
      fc.record({ kind: fc.constant('region' as const), mask }),
      fc.record({
        kind: fc.constant('channel' as const),
        layer: layer.filter((name) => !/,\d+$/.test(name)),
        channel: fc.nat(99),
      }),
      fc.record({ kind: fc.constant('recorded' as const), text: fc.string() }),
    )
    return fc.tuple(fc.constant(size), target)
  })
  fc.assert(
    fc.property(targets, ([size, target]) => {
      expect(parseTarget(targetText(target), size)).toEqual(target)
    }),
  )
})

test('rectangles are regions, and what is not in the image is no target', () => {
  const size = { width: 3, height: 2 }
  expect(parseTarget('region:1,0,5,1', size)).toEqual({ kind: 'region', mask: Float32Array.of(0, 1, 1, 0, 0, 0) })
  const nothing = [
    '',
    'pixel',
    'pixel:3,0',
    'pixel:0,2',
    'pixel:1',
    'pixel:a,b',
    'pixel:1,1,1',
    'region:3,0,1,1',
    'region:runs:zz',
  ]
  for (const text of nothing) expect(parseTarget(text, size), text).toBeUndefined()
})

test('a state comes back from its link, which says only what is not usual', () => {
  expect(stateText(defaultState)).toBe('')
  const state = {
    ...defaultState,
    layer: 'conv 2',
    channel: 7,
    target: 'pixel:1,2',
    opacity: 0.5,
    range: 'network' as const,
  }
  expect(stateText(state)).toBe('opacity=0.5&layer=conv+2&channel=7&range=network&target=pixel%3A1%2C2')
  expect({ ...defaultState, ...stateFromText(stateText(state)) }).toEqual(state)
  expect(stateFrom({ channel: 'many', frame: '2', nonsense: 1 })).toEqual({ frame: 2 })
})

test('a state without anything starts at what was recorded first', () => {
  expect(settled(defaultState, sampleTrace, methods)).toMatchObject({
    layer: 'conv',
    method: 'pixel-filter',
    target: 'pixel:5,4',
    of: 'denoised',
  })
})

test('what a trace does not have is replaced by what it has', () => {
  const wanted = {
    ...defaultState,
    frame: 9,
    layer: 'x',
    channel: 99,
    method: 'y',
    opacity: Number.NaN,
    target: 'pixel:99,0',
  }
  expect(settled(wanted, sampleTrace, methods)).toMatchObject({
    frame: 1,
    layer: 'conv',
    channel: 5,
    method: 'pixel-filter',
    opacity: defaultState.opacity,
    target: 'pixel:5,4',
  })
})
