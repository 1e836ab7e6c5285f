import { InputError, ShapeError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { activationGrid, activationOverview, type LayerActivation } from '../src/figures/index.ts'
import { expectTidy, pixel, rampLayer, textsOf, tileOf } from './figures-pictures.ts'

const VIRIDIS_LOW = [68, 1, 84]
const VIRIDIS_HIGH = [253, 231, 37]
const HATCH = [
  [196, 196, 196],
  [244, 244, 244],
]

describe('the grid of one layer', () => {
  const layer = rampLayer('conv2d_1', [16, 14, 14], [3, 7])
  const figure = activationGrid(layer, { title: 'Autoencoder' })

  test('draws every channel at a whole multiple of its size', () => {
    for (const channel of [0, 1, 2, 4, 15]) {
      const tile = tileOf(figure, `conv2d_1 ${channel}`)
      expect([tile.width, tile.height]).toEqual([112, 112])
    }
  })

  test('prints name, shape, range and every channel number', () => {
    const texts = textsOf(figure)
    expect(texts).toContain('conv2d_1')
    expect(texts).toContain('16 × 14 × 14   range 0 to 16')
    for (let channel = 0; channel < 16; channel++) expect(texts).toContain(`${channel}`)
  })

  test('gives the lowest value the dark and the highest the bright end of viridis, on the tiles and on the bar', () => {
    const last = tileOf(figure, 'conv2d_1 15')
    expect(pixel(figure, last.x, last.y)).toEqual(VIRIDIS_LOW)
    expect(pixel(figure, last.x + 111, last.y + 111)).toEqual(VIRIDIS_HIGH)
    const bar = tileOf(figure, 'colour bar')
    expect(pixel(figure, bar.x, bar.y)).toEqual(VIRIDIS_HIGH)
    expect(pixel(figure, bar.x, bar.y + bar.height - 1)).toEqual(VIRIDIS_LOW)
  })

  test('hatches a dead channel, writes on it, and names it', () => {
    for (const channel of [3, 7]) {
      const tile = tileOf(figure, `conv2d_1 ${channel} dead`)
      const border = Array.from({ length: tile.width }, (_, i) => pixel(figure, tile.x + i, tile.y))
      for (const colour of border) expect(HATCH).toContainEqual(colour)
      expect(new Set(border.map(String)).size).toBe(2)
    }
    expect(textsOf(figure).filter((text) => text === 'dead')).toHaveLength(2)
    expect(textsOf(figure)).toContain('2 of 16 channels dead (no image of the set activates them): 3, 7')
  })

  test('draws a channel that is listed as dead but active here, and says so', () => {
    const revived = activationGrid({ ...rampLayer('conv', [4, 5, 5]), dead: [2] })
    expect(tileOf(revived, 'conv 2')).toBeDefined()
    expect(textsOf(revived)).toContain('1 listed as dead but active in this image: 2')
  })

  test('names flat channels and channels that are not finite', () => {
    const odd = rampLayer('conv', [12, 5, 5])
    odd.data.fill(0.5, 25, 50)
    odd.data[2 * 25] = Number.NaN
    odd.data[3 * 25 + 1] = Number.POSITIVE_INFINITY
    const figureOfOdd = activationGrid(odd)
    expect(textsOf(figureOfOdd)).toEqual(expect.arrayContaining(['1 flat', '2 NaN', '3 NaN']))
    expect(textsOf(figureOfOdd)).toContain('1 flat (a single value in this image): 1')
    expect(textsOf(figureOfOdd).join()).toContain('not finite (NaN or infinite values, drawn in magenta): 2, 3')
    expect(textsOf(figureOfOdd).join()).toContain('range 0 to 12')
    const broken = tileOf(figureOfOdd, 'conv 2 not finite')
    expect(pixel(figureOfOdd, broken.x, broken.y)).toEqual([230, 0, 150])
  })

  test('of one value, or of no finite one, says so and has no colour bar', () => {
    const flat = { name: 'conv', shape: [2, 3, 3], data: new Float32Array(18).fill(0.25), dead: [] } as const
    expect(textsOf(activationGrid(flat)).join()).toContain('every value 0.25')
    expect(activationGrid(flat).tiles.map(({ name }) => name)).not.toContain('colour bar')
    expect(textsOf(activationGrid({ ...flat, data: new Float32Array(18).fill(Number.NaN) })).join()).toContain(
      'no finite value',
    )
  })

  test('averages large channels over blocks and says so', () => {
    const figureOfPhoto = activationGrid(rampLayer('conv', [9, 300, 240]))
    const tile = tileOf(figureOfPhoto, 'conv 0')
    expect([tile.width, tile.height]).toEqual([80, 100])
    expect(textsOf(figureOfPhoto)).toContain('shown as means of 3 × 3 pixels')
  })

  test('refuses values and dead channels that do not fit the shape', () => {
    expect(() => activationGrid({ ...layer, data: layer.data.subarray(1) })).toThrow(ShapeError)
    expect(() => activationGrid({ ...layer, dead: [16] })).toThrow(/channel 16 as dead.*0 to 15/)
    expect(() => activationGrid({ ...layer, shape: [0, 14, 14] })).toThrow(InputError)
  })
})

describe('the overview of all layers', () => {
  const autoencoder = [
    rampLayer('conv2d', [64, 28, 28], [0, 5, 63]),
    rampLayer('max_pooling2d', [64, 14, 14], [0, 5, 63]),
    rampLayer('conv2d_1', [32, 14, 14]),
    rampLayer(
      'conv2d_2',
      [16, 7, 7],
      Array.from({ length: 16 }, (_, channel) => channel),
    ),
    rampLayer('max_pooling2d_2', [16, 4, 4]),
    rampLayer('conv2d_6', [1, 28, 28]),
  ]
  const figure = activationOverview(autoencoder, { title: 'Autoencoder' })

  test('is 1,200 to 1,600 pixels wide, with the layers in order and every channel once', () => {
    expect(figure.width).toBeGreaterThanOrEqual(1200)
    expect(figure.width).toBeLessThanOrEqual(1600)
    const headings = figure.labels.filter(({ text }) => autoencoder.some(({ name }) => name === text))
    expect(headings.map(({ text }) => text)).toEqual(autoencoder.map(({ name }) => name))
    expect([...headings].sort((a, b) => a.y - b.y)).toEqual(headings)
    expect(figure.tiles.filter(({ name }) => name !== 'colour bar')).toHaveLength(64 + 64 + 32 + 16 + 16 + 1)
  })

  test('counts and names the dead channels', () => {
    expect(textsOf(figure).join()).toContain('22 dead channels are hatched and named')
    expect(textsOf(figure).filter((text) => text === 'dead')).toHaveLength(22)
  })

  test('overlaps and cuts nothing, for a small network, a deep one, and odd shapes', () => {
    const deep = Array.from({ length: 17 }, (_, i) => rampLayer(`conv_${i}`, [64, 20, 24], i === 4 ? [1, 2] : []))
    const everyOther = Array.from({ length: 100 }, (_, i) => 2 * i)
    const odd = [
      rampLayer('x'.repeat(300), [200, 3, 50], everyOther),
      rampLayer('pixel', [3, 1, 1]),
      rampLayer('row', [130, 1, 90], [129]),
    ]
    expectTidy(figure)
    const deepFigure = activationOverview(deep)
    expectTidy(deepFigure)
    expect(deepFigure.width).toBeLessThanOrEqual(1600)
    expectTidy(activationOverview(odd))
    for (const layer of [autoencoder[3] as LayerActivation, ...odd])
      expectTidy(activationGrid(layer, { title: 'One layer' }))
  })

  test('refuses no layers', () => {
    expect(() => activationOverview([])).toThrow(InputError)
  })
})
