import { keyFrom } from '@noisescope/core'
import { describe, expect } from 'vitest'
import { type Noise, applyNoise, defaultNoise } from '../src/index.ts'
import { itWithFashionMnist, PIXELS } from './helpers/fashion-mnist.ts'

for (const kind of ['salt-and-pepper', 'gaussian', 'laplace'] as const) {
  itWithFashionMnist(kind, 10000, (images) => {
    for (const clip of [false, true]) {
      const { noisy } = applyNoise(images, defaultNoise(kind), keyFrom(1), { clip })
      const mses: number[] = []
      for (let i = 0; i < images.length / PIXELS; i++) { let s = 0; for (let p = i * PIXELS; p < (i + 1) * PIXELS; p++) s += (noisy[p]! - images[p]!) ** 2; mses.push(s / PIXELS) }
      const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length
      const dbs = mses.map((m) => -10 * Math.log10(m))
      console.log(kind, clip, 'mean dB', mean(dbs), 'dB of mean mse', -10 * Math.log10(mean(mses)), 'n2000', mean(dbs.slice(0, 2000)))
    }
  })
}
