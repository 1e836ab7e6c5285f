import { readTrace } from '@noisescope/explain/trace'
import { expect, test } from 'vitest'
import { RecordedSource, recordedFrom } from '../../src/sources/recorded-source.ts'
import type { Question } from '../../src/sources/source.ts'
import { filterOf, HEIGHT, sampleFile, sampleTrace, WIDTH } from '../helpers/sample-trace.ts'

const source = new RecordedSource(readTrace(sampleFile(), 'sample'))
const ask = (question: Partial<Question> & Pick<Question, 'target'>) =>
  source.explain({ method: 'pixel-filter', of: 'denoised', ...question }, new AbortController().signal)

test('its methods are those of the trace, in order', () => {
  expect(source.methods.map(({ name }) => name)).toEqual(['pixel-filter', 'layercam', 'gradcam', 'pixel-filter-grid'])
  const [{ explanations, ...frame }] = sampleTrace.frames
  const grid = explanations.filter(({ method }) => method === 'pixel-filter-grid')
  const only = new RecordedSource({ ...sampleTrace, frames: [{ ...frame, explanations: grid }] })
  expect(only.methods.map(({ name }) => name)).toEqual(['pixel-filter-grid', 'pixel-filter'])
})

test('a recorded target is answered by what was recorded of it, in the frame that is asked about', async () => {
  const target = { kind: 'pixel', x: 5, y: 4 } as const
  for (const [frame, strength] of [
    [undefined, 1],
    [1, 0.5],
  ] as const) {
    const answer = await ask({ target, ...(frame === undefined ? {} : { frame }) })
    expect(answer?.completeness?.gap).toBe(0.001)
    expect(answer?.maps[0]?.data).toEqual(filterOf(5, 4, strength))
  }
})

test('another pixel is answered by the nearest filter of the grid, with its own row sum and value', async () => {
  for (const [x, y, nearestX, nearestY] of [
    [3, 3, 3, 3],
    [0, 0, 1, 1],
    [11, 9, 11, 9],
    [10, 4, 9, 3],
  ] as const) {
    const answer = await ask({ target: { kind: 'pixel', x, y } })
    const filter = filterOf(nearestX, nearestY)
    expect(answer?.target.numbers).toEqual({ x: nearestX, y: nearestY })
    expect(answer?.maps[0]?.data).toEqual(filter)
    expect(answer?.values.rowSum).toBeCloseTo(
      filter.reduce((sum, value) => sum + value, 0),
      6,
    )
    expect(answer?.value).toBe(sampleTrace.frames[0].denoised?.data[nearestY * WIDTH + nearestX])
  }
})

test('a region is answered by the weighted sum of the filters in it', async () => {
  const mask = new Float32Array(WIDTH * HEIGHT)
  mask[3 * WIDTH + 3] = 1
  mask[3 * WIDTH + 5] = 0.5
  // Between the places of the grid, so it adds nothing.
  mask[4 * WIDTH + 4] = 1
  const answer = await ask({ target: { kind: 'region', mask } })
  expect(answer?.target.numbers).toEqual({ places: 2 })
  const second = filterOf(5, 3, 0.5)
  expect(answer?.maps[0]?.data).toEqual(filterOf(3, 3).map((value, i) => Math.fround(value + (second[i] as number))))
  expect(answer?.values.rowSum).toBeCloseTo(1.5, 6)
})

test('what was not recorded has no answer', async () => {
  const pixel = { kind: 'pixel', x: 3, y: 3 } as const
  expect(await ask({ method: 'layercam', target: pixel })).toBeUndefined()
  expect(await ask({ of: 'residual', target: pixel })).toBeUndefined()
  expect(await ask({ target: { kind: 'channel', layer: 'conv', channel: 0 } })).toBeUndefined()
  expect(await ask({ target: { kind: 'region', mask: new Float32Array(WIDTH * HEIGHT) } })).toBeUndefined()
  expect(await ask({ frame: 7, target: pixel })).toBeUndefined()
})

test('a grid without its filters has the numbers of a pixel, and no map', async () => {
  const [frame] = sampleTrace.frames
  const explanations = frame.explanations
    .filter(({ method }) => method === 'pixel-filter-grid')
    .map((grid) => ({ ...grid, maps: grid.maps.slice(0, 2) }))
  const numbers = new RecordedSource({ ...sampleTrace, frames: [{ ...frame, explanations }] })
  const { signal } = new AbortController()
  const question = { method: 'pixel-filter', of: 'denoised', target: { kind: 'pixel', x: 11, y: 9 } } as const
  const answer = await numbers.explain(question, signal)
  expect(answer?.maps).toEqual([])
  expect(answer?.values.rowSum).toBeCloseTo(4 / 9, 6)
  expect(answer?.values.effectivePixels).toBeCloseTo(81 / 4, 4)
})

test('a file that is no trace is refused with its name', () => {
  expect(() => recordedFrom(new Uint8Array(100), 'photo.safetensors')).toThrow(/^photo\.safetensors/)
})

test('an aborted question is not answered', async () => {
  const target = { kind: 'pixel', x: 5, y: 4 } as const
  await expect(source.explain({ method: 'pixel-filter', of: 'denoised', target }, AbortSignal.abort())).rejects.toThrow(
    'aborted',
  )
})
