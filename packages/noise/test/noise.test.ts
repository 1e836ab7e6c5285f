import { InputError, keyFrom, type RandomKey } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { applyNoise, checkNoise, defaultNoise, describeNoise, type Noise, noiseKinds } from '../src/index.ts'
import { graphNoise } from './helpers/graph-noise.ts'

const KEY = keyFrom(2 ** 40 + 7, 9, 4)
const allNoise: readonly Noise[] = [
  ...noiseKinds.map((kind) => defaultNoise(kind)),
  { kind: 'salt-and-pepper', amount: 0.3, classic: true },
  { kind: 'shot', peak: 0.7 },
  { kind: 'shot', peak: 333 },
]

/** Pixels with black, white, both beyond, and the neighbours of white. */
const pixels = (count: number) =>
  Float32Array.from(
    { length: count },
    (_, i) => [-0.2, 0, 2 ** -30, 1 - 2 ** -24, 1, 1.3][i % 17] ?? ((i * 37) % 101) / 100,
  )

describe('noise', () => {
  for (const noise of allNoise) {
    for (const clip of [false, true]) {
      it(`${describeNoise(noise)}${clip ? ', clipped' : ''}: the GPU gives what the CPU gives`, async () => {
        // Odd sizes, so that the last block of four random words is not full.
        for (const shape of clip ? [[2, 1, 7, 9]] : [[257], [2, 3, 33, 31]]) {
          const clean = pixels(shape.reduce((a, b) => a * b, 1))
          const here = applyNoise(clean, noise, KEY, { clip })
          const there = await graphNoise(clean, shape, noise, KEY, { clip })
          expect(Object.keys(there).toSorted()).toEqual(Object.keys(here).toSorted())
          expect(there.mask, 'mask').toEqual(here.mask)
          for (const part of ['noisy', 'noise'] as const) {
            const worst = here[part].reduce(
              (most, value, i) => Math.max(most, Math.abs(value - (there[part][i] as number))),
              0,
            )
            expect(worst, `${part}, ${shape.join('x')}`).toBeLessThanOrEqual(1e-6)
          }
          if (noise.kind === 'shot' && !clip) {
            const photons = (values: Float32Array) => values.map((value) => Math.round(value * noise.peak))
            expect(photons(there.noisy)).toEqual(photons(here.noisy))
          }
        }
      })
    }

    it(`${describeNoise(noise)}: a key decides it, and any other key gives another`, () => {
      const clean = pixels(400).map((value) => Math.max(value, 0.1))
      const { noisy } = applyNoise(clean, noise, KEY)
      expect(applyNoise(clean, noise, KEY).noisy).toEqual(noisy)
      for (const word of [0, 1, 2, 3]) {
        const other = KEY.map((value, i) => (i === word ? value + 1 : value)) as unknown as RandomKey
        expect(applyNoise(clean, noise, other).noisy, `word ${word} of the key`).not.toEqual(noisy)
      }
    })

    it(`${describeNoise(noise)}: a pixel's noise does not depend on how many follow`, () => {
      const clean = pixels(100)
      expect(applyNoise(clean.subarray(0, 37), noise, KEY).noisy).toEqual(
        applyNoise(clean, noise, KEY).noisy.subarray(0, 37),
      )
    })

    it(`${describeNoise(noise)}: a run of pixels has the noise that the whole image has there`, () => {
      const clean = pixels(100)
      const whole = applyNoise(clean, noise, KEY)
      for (const start of [1, 4, 37]) {
        const part = applyNoise(clean.subarray(start, 60), noise, KEY, { start })
        expect(part.noisy).toEqual(whole.noisy.slice(start, 60))
        expect(part.mask).toEqual(whole.mask?.slice(start, 60))
      }
    })

    it(`${describeNoise(noise)}: the noise is what was really added, clipped or not`, () => {
      const clean = pixels(500)
      for (const clip of [false, true]) {
        const result = applyNoise(clean, noise, KEY, { clip })
        expect(result.noise).toEqual(result.noisy.map((value, i) => value - (clean[i] as number)))
        if (clip) for (const value of result.noisy) expect(value === Math.min(Math.max(value, 0), 1)).toBe(true)
      }
      const free = applyNoise(clean, noise, KEY).noisy
      expect(applyNoise(clean, noise, KEY, { clip: true }).noisy).toEqual(
        free.map((value) => Math.min(Math.max(value, 0), 1)),
      )
    })
  }

  it('a mask comes with salt-and-pepper alone, and outside it nothing is changed', () => {
    const clean = pixels(2000)
    for (const noise of allNoise) {
      const { noisy, noise: added, mask } = applyNoise(clean, noise, KEY)
      expect(mask !== undefined, noise.kind).toBe(noise.kind === 'salt-and-pepper')
      for (const [i, value] of (mask ?? []).entries()) {
        expect([0, 1]).toContain(value)
        if (value === 0) expect([noisy[i], added[i]]).toEqual([clean[i], 0])
      }
    }
  })

  it("defaults are the notebook's", () => {
    expect(noiseKinds).toEqual(['gaussian', 'laplace', 'salt-and-pepper', 'poisson', 'shot', 'speckle'])
    expect(noiseKinds.map((kind) => describeNoise(defaultNoise(kind)))).toEqual([
      'Gaussian, sd = 0.2',
      'Laplace, scale = 0.2',
      'salt-and-pepper, p = 0.1',
      "imgaug's Poisson, rate = 40",
      'shot noise, peak = 30',
      'speckle, sd = 0.2',
    ])
    for (const noise of allNoise) expect(() => checkNoise(noise)).not.toThrow()
  })

  it('noise that cannot be meant is refused, saying what is expected', async () => {
    const wrong: unknown[] = [
      { kind: 'gaussian', sd: -0.1 },
      { kind: 'gaussian', sd: 25 },
      { kind: 'gaussian', sd: Number.NaN },
      { kind: 'gaussian' },
      { kind: 'gaussian', sd: '0.2' },
      { kind: 'laplace', scale: -1 },
      { kind: 'laplace', scale: Number.POSITIVE_INFINITY },
      { kind: 'speckle', sd: -0.2 },
      { kind: 'salt-and-pepper', amount: -0.1 },
      { kind: 'salt-and-pepper', amount: 1.1 },
      { kind: 'salt-and-pepper', amount: 0.1, classic: 'yes' },
      { kind: 'poisson', rate: 0 },
      { kind: 'poisson', rate: -40 },
      { kind: 'poisson', rate: 1000 },
      { kind: 'shot', peak: 0 },
      { kind: 'shot', peak: -1 },
      { kind: 'shot', peak: 1e6 },
      { kind: 'shot', peak: Number.NaN },
      { kind: 'rain' },
      { kind: 'toString' },
      {},
    ]
    for (const noise of wrong as Noise[]) {
      expect(() => checkNoise(noise), JSON.stringify(noise)).toThrow(InputError)
      expect(() => checkNoise(noise), JSON.stringify(noise)).toThrow(/expected/)
      expect(() => applyNoise(pixels(4), noise, KEY), JSON.stringify(noise)).toThrow(InputError)
      await expect(graphNoise(pixels(4), [4], noise, KEY), JSON.stringify(noise)).rejects.toThrow(InputError)
    }
  })
})
