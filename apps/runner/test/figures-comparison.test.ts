import { InputError, ShapeError } from '@noisescope/core'
import { describe, expect, test } from 'vitest'
import { type ComparisonRow, comparisonStrip } from '../src/figures/index.ts'
import { expectTidy, pixel, textsOf, tileOf } from './figures-pictures.ts'

const size = 28
const clean = Float32Array.from({ length: size * size }, (_, i) => ((i * 37) % 101) / 100)
const row: ComparisonRow = {
  width: size,
  height: size,
  clean,
  noisy: clean.map((value, i) => (i === 0 ? value + 0.8 : i === 1 ? value - 0.8 : value)),
  denoised: clean,
  label: 'test image 7',
}
const NEUTRAL = [245, 245, 245]

describe('a comparison strip', () => {
  const figure = comparisonStrip({ rows: [row, row], title: 'Fashion-MNIST, σ = 25' })

  test('magnifies 28x28 images by six, pixel by pixel', () => {
    const tile = tileOf(figure, 'clean 1')
    expect([tile.width, tile.height]).toEqual([168, 168])
    const level = Math.round((clean[29] as number) * 255)
    for (const [x, y] of [
      [6, 6],
      [11, 11],
    ] as const)
      expect(pixel(figure, tile.x + x, tile.y + y)).toEqual([level, level, level])
  })

  test('shows a residual of zero in the neutral colour, a positive one red and a negative one blue', () => {
    const { x, y } = tileOf(figure, 'residual 0')
    expect(pixel(figure, x + 167, y + 167)).toEqual(NEUTRAL)
    const [red, , blueOfRed] = pixel(figure, x, y) as [number, number, number]
    const [redOfBlue, , blue] = pixel(figure, x + 6, y) as [number, number, number]
    expect(red).toBeGreaterThan(blueOfRed + 80)
    expect(blue).toBeGreaterThan(redOfBlue + 80)
  })

  test('has the end colours and the neutral colour at the ends and in the middle of its bar', () => {
    const bar = tileOf(figure, 'colour bar')
    const top = pixel(figure, bar.x + 3, bar.y) as [number, number, number]
    const bottom = pixel(figure, bar.x + 3, bar.y + bar.height - 1) as [number, number, number]
    expect(pixel(figure, bar.x + 3, bar.y + Math.floor(bar.height / 2))).toEqual(NEUTRAL)
    expect(pixel(figure, tileOf(figure, 'residual 0').x, tileOf(figure, 'residual 0').y)).toEqual(top)
    expect(top[0]).toBeGreaterThan(top[2])
    expect(bottom[2]).toBeGreaterThan(bottom[0])
  })

  test('names its columns and gives PSNR and SSIM before and after', () => {
    const texts = textsOf(figure)
    for (const heading of ['clean', 'noisy', 'denoised', 'residual']) expect(texts).toContain(heading)
    const meanSquare = (0.8 ** 2 + (clean[1] as number) ** 2) / (size * size)
    const decibels = (10 * Math.log10(1 / meanSquare)).toFixed(2)
    expect(texts.filter((text) => text.startsWith(`${decibels} dB · SSIM `))).toHaveLength(2)
    expect(texts.filter((text) => text === 'equals the clean image')).toHaveLength(2)
  })

  test('leaves large images as they are', () => {
    const values = Float32Array.from({ length: 200 * 190 }, (_, i) => (i % 200) / 199)
    const large = comparisonStrip({
      rows: [{ width: 200, height: 190, clean: values, noisy: values, denoised: values }],
    })
    const tile = tileOf(large, 'noisy 0')
    expect([tile.width, tile.height]).toEqual([200, 190])
    expect(pixel(large, tile.x + 199, tile.y)).toEqual([255, 255, 255])
  })

  test('without the truth has no column for it and no PSNR', () => {
    const blind = comparisonStrip({ rows: [{ ...row, clean: undefined, label: `${'long'.repeat(60)}.png` }] })
    expect(textsOf(blind)).not.toContain('clean')
    expect(textsOf(blind).join()).not.toMatch(/dB|SSIM/)
    expectTidy(blind)
  })

  test('shows colour images in their colours', () => {
    const colours = Float32Array.of(1, 0, 0, 1, 0, 0)
    const figureOfTwo = comparisonStrip({
      rows: [{ width: 2, height: 1, channels: 3, noisy: colours, denoised: colours }],
    })
    const { x, y, width } = tileOf(figureOfTwo, 'noisy 0')
    expect(pixel(figureOfTwo, x, y)).toEqual([255, 0, 0])
    expect(pixel(figureOfTwo, x + width - 1, y)).toEqual([0, 255, 0])
  })

  test('says that the ends of the scale are open when rare residuals lie beyond them', () => {
    const impulse = clean.map((value, i) => value + (i === 0 ? 0.8 : i % 10 === 0 ? 0.3 : 0))
    const texts = textsOf(comparisonStrip({ rows: [{ ...row, noisy: impulse }] }))
    expect(texts).toEqual(expect.arrayContaining(['> 0.3', '0', '< −0.3']))
    const flipped = comparisonStrip({ rows: [{ ...row, noisy: clean.map((value) => 1 - value) }] })
    expect(textsOf(flipped)).toEqual(expect.arrayContaining(['1', '0.5', '0', '−0.5', '−1']))
  })

  test('overlaps and cuts nothing, from 1x1 to photographs side by side', () => {
    const of = (width: number, height: number): ComparisonRow => {
      const values = Float32Array.from({ length: width * height }, (_, i) => (i % 7) / 7)
      return {
        width,
        height,
        clean: values,
        noisy: values.map((v) => v + 0.1),
        denoised: values,
        label: `${width}x${height}`,
      }
    }
    for (const rows of [[row, row], [of(1, 1)], [of(1, 1), of(9, 7), of(40, 5)], [of(321, 481), of(64, 64)]]) {
      expectTidy(
        comparisonStrip({
          rows,
          title: 'A title that is longer than a narrow page is wide, so that it must be wrapped',
        }),
      )
    }
  })

  test('refuses no rows, lengths that do not fit, and values that are not finite', () => {
    expect(() => comparisonStrip({ rows: [] })).toThrow(InputError)
    expect(() => comparisonStrip({ rows: [{ ...row, denoised: clean.subarray(1) }] })).toThrow(ShapeError)
    expect(() => comparisonStrip({ rows: [{ ...row, denoised: clean.subarray(1) }] })).toThrow(
      /denoised image.*test image 7/,
    )
    expect(() => comparisonStrip({ rows: [{ ...row, noisy: clean.map(() => Number.NaN) }] })).toThrow(InputError)
    expect(() => comparisonStrip({ rows: [{ ...row, channels: 2 }] })).toThrow(ShapeError)
  })
})
