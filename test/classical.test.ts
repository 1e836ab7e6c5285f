import { classicalDenoisers } from '@noisescope/classical'
import { psnr } from '@noisescope/metrics'
import { describe, expect } from 'vitest'
import { itWithShared, sharedImage } from './helpers/shared.ts'

const SIGMA = 25 / 255
/** dB by which another draw of the noise and another program may move one image. */
const TOLERANCE = 0.15

const PLAIN = ['mean', 'median', 'gaussian-blur']

/** Decibels of Dabov et al. 2007 as Zhang et al. 2017 list them for Set12 (table III). */
const PUBLISHED = [
  { image: 'set12_01', name: 'cameraman', bm3d: 29.45 },
  { image: 'set12_04', name: 'starfish', bm3d: 28.56 },
]

describe.each(PUBLISHED)('the classical denoisers on $name', ({ image, bm3d }) => {
  itWithShared('have BM3D at its published quality, non-local means below it, and plain windows below that', () => {
    const clean = sharedImage(`data/reference/${image}_clean.npy`)
    const noisy = sharedImage(`data/reference/${image}_noisy25.npy`)
    const compared = classicalDenoisers.filter(({ name }) => [...PLAIN, 'non-local-means', 'bm3d'].includes(name))
    const quality = new Map(
      compared.map(({ name, denoise }) => {
        const { data } = denoise(noisy, SIGMA)
        const clipped = data.map((value) => Math.min(Math.max(value, 0), 1))
        return [name, psnr(clipped, clean.data)] as const
      }),
    )
    const decibels = (name: string): number => quality.get(name) ?? Number.NaN
    expect(Math.abs(decibels('bm3d') - bm3d), `${decibels('bm3d')} dB`).toBeLessThan(TOLERANCE)
    expect(decibels('non-local-means')).toBeLessThan(decibels('bm3d'))
    for (const plain of PLAIN) {
      expect(decibels(plain), plain).toBeLessThan(decibels('non-local-means'))
    }
  })
})
