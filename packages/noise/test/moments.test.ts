import { keyFrom } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { applyNoise, type Noise } from '../src/index.ts'
import { expectMoments, expectWithin, moments } from './helpers/statistics.ts'

const COUNT = 50_000
const KEY = keyFrom(11, 3, 5)

const grey = (value: number, count = COUNT) => new Float32Array(count).fill(value)
const noiseOn = (value: number, noise: Noise) => applyNoise(grey(value), noise, KEY).noise

describe('moments', () => {
  it('Gaussian noise has mean 0 and its standard deviation, whatever the pixel', () => {
    for (const value of [0, 0.5, 1])
      expectMoments(noiseOn(value, { kind: 'gaussian', sd: 0.2 }), 0, 0.04, `Gaussian on ${value}`)
    expectMoments(noiseOn(0.5, { kind: 'gaussian', sd: 25 / 255 }), 0, (25 / 255) ** 2, 'sigma 25')
  })

  it('Laplace noise has mean 0 and twice the squared scale as variance', () => {
    expectMoments(noiseOn(0.3, { kind: 'laplace', scale: 0.2 }), 0, 2 * 0.2 ** 2, 'Laplace')
    const { variance, fourth } = moments(noiseOn(0.3, { kind: 'laplace', scale: 0.2 }))
    expect(fourth / variance ** 2, 'kurtosis, which is 6').toBeGreaterThan(5)
  })

  it('speckle grows with the pixel', () => {
    expect(noiseOn(0, { kind: 'speckle', sd: 0.2 }).every((value) => value === 0)).toBe(true)
    for (const value of [0.25, 1])
      expectMoments(noiseOn(value, { kind: 'speckle', sd: 0.2 }), 0, (0.2 * value) ** 2, `speckle on ${value}`)
  })

  it("imgaug's Poisson noise has either sign equally often, in whole grey levels of Poisson's mean and variance", () => {
    const levels = noiseOn(0, { kind: 'poisson', rate: 40 }).map((value) => value * 255)
    for (const level of levels) expect(Math.abs(level - Math.round(level))).toBeLessThan(1e-4)
    expectMoments(levels.map(Math.abs), 40, 40, 'its size')
    expectWithin(
      levels.filter((level) => level > 0).length / COUNT,
      0.5,
      Math.sqrt(0.25 / COUNT),
      'share of positive ones',
    )
    expect(levels.filter((level) => Math.abs(level) < 10).length, 'pixels that nearly keep their value').toBe(0)
  })

  it('salt-and-pepper replaces its share of the pixels by Beta(1/2, 1/2)', () => {
    for (const amount of [0.01, 0.1, 0.6]) {
      const { noisy, mask } = applyNoise(grey(0.25), { kind: 'salt-and-pepper', amount }, KEY)
      const replaced = noisy.filter((_, i) => mask?.[i] === 1)
      expectWithin(replaced.length / COUNT, amount, Math.sqrt((amount * (1 - amount)) / COUNT), `share at ${amount}`)
      expectMoments(replaced, 1 / 2, 1 / 8, `replacements at ${amount}`)
      // Distribution function of the arcsine distribution: 2/pi asin(sqrt(x)).
      for (const x of [0.01, 0.3, 0.9]) {
        const share = (2 / Math.PI) * Math.asin(Math.sqrt(x))
        const below = replaced.filter((value) => value < x).length / replaced.length
        expectWithin(below, share, Math.sqrt((share * (1 - share)) / replaced.length), `share below ${x}`)
      }
    }
  })

  it('classic salt-and-pepper replaces by exactly 0 and 1, equally often', () => {
    const { noisy, mask } = applyNoise(grey(0.25), { kind: 'salt-and-pepper', amount: 0.1, classic: true }, KEY)
    const replaced = noisy.filter((_, i) => mask?.[i] === 1)
    expect(new Set(replaced)).toEqual(new Set([0, 1]))
    expectWithin(moments(replaced).mean, 0.5, Math.sqrt(0.25 / replaced.length), 'share of white')
  })

  it('salt-and-pepper of amount 0 and 1 replaces nothing and everything', () => {
    for (const amount of [0, 1]) {
      const { mask } = applyNoise(grey(0.25, 5000), { kind: 'salt-and-pepper', amount }, KEY)
      expect(mask?.every((value) => value === amount)).toBe(true)
    }
  })

  it('shot noise is Poisson(x * peak) / peak: mean x, variance x / peak, and nothing where it is black', () => {
    const count = 8000
    for (const [value, peak] of [
      [0.02, 30],
      [0.5, 30],
      [0.9, 30],
      [1, 30],
      [0.5, 0.5],
      [0.3, 80],
      [0.4, 400],
    ] as const) {
      const { noisy } = applyNoise(grey(value, count), { kind: 'shot', peak }, KEY)
      const counts = noisy.map((each) => each * peak)
      for (const each of counts) expect(Math.abs(each - Math.round(each))).toBeLessThan(1e-3)
      const x = Math.fround(value)
      expectMoments(counts, x * peak, x * peak, `photons at ${value} of peak ${peak}`)
      const none = Math.exp(-x * peak)
      if (none > 1e-3)
        expectWithin(
          counts.filter((each) => Math.round(each) === 0).length / count,
          none,
          Math.sqrt((none * (1 - none)) / count),
          `no photon at ${value} of ${peak}`,
        )
    }
    expect(noiseOn(0, { kind: 'shot', peak: 30 }).every((each) => each === 0)).toBe(true)
  })

  it('shot noise takes a pixel below black for black and one above white for white', () => {
    const shot: Noise = { kind: 'shot', peak: 30 }
    const noisyOn = (value: number) => applyNoise(grey(value, 2000), shot, KEY).noisy
    expect(noisyOn(-0.5)).toEqual(noisyOn(0))
    expect(noisyOn(1.5)).toEqual(noisyOn(1))
  })

  it('draws of neighbouring pixels, and of a pixel in two steps, do not go together', () => {
    for (const kind of ['gaussian', 'speckle'] as const) {
      const noise = noiseOn(1, { kind, sd: 0.2 })
      const later = applyNoise(grey(1), { kind, sd: 0.2 }, keyFrom(11, 3, 6)).noise
      const { variance } = moments(noise)
      const correlation = (other: (i: number) => number) =>
        noise.reduce((sum, value, i) => sum + value * other(i), 0) / COUNT / variance
      expectWithin(
        correlation((i) => noise[(i + 1) % COUNT] as number),
        0,
        1 / Math.sqrt(COUNT),
        `${kind}, neighbours`,
      )
      expectWithin(
        correlation((i) => later[i] as number),
        0,
        1 / Math.sqrt(COUNT),
        `${kind}, steps`,
      )
    }
  })

  it('the value that salt-and-pepper puts is independent of whether it puts one', () => {
    const sparse = applyNoise(grey(0.25), { kind: 'salt-and-pepper', amount: 0.05 }, KEY)
    const replaced = sparse.noisy.filter((_, i) => sparse.mask?.[i] === 1)
    expectMoments(replaced, 1 / 2, 1 / 8, 'replacements of the least uniform numbers')
  })
})
