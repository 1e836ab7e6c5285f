import { describe, expect, test } from 'vitest'
import { imageQuality, meanSquaredError, psnr, ssim } from '../src/index.ts'
import { readFloats } from './safetensors.ts'

const tensor = readFloats(new URL('../../../test/fixtures/quality.safetensors', import.meta.url))
/** scikit-image's numbers were stored as float32. */
const FLOAT32_RELATIVE = 1e-6
const shape = { width: 48, height: 64 }

describe.each(['sigma5', 'sigma25', 'sigma75'])('scikit-image at %s', (name) => {
  const a = tensor(`${name}/a`)
  const b = tensor(`${name}/b`)
  const relativeError = (value: number, kind: string): number =>
    Math.abs(value / (tensor(`${name}/${kind}`)[0] as number) - 1)

  test('gives the same mean squared error', () => {
    expect(relativeError(meanSquaredError(a, b), 'mse')).toBeLessThan(FLOAT32_RELATIVE)
  })

  test('gives the same PSNR', () => {
    expect(relativeError(psnr(a, b), 'psnr')).toBeLessThan(FLOAT32_RELATIVE)
  })

  test('gives the same SSIM', () => {
    expect(relativeError(ssim(a, b, shape), 'ssim')).toBeLessThan(FLOAT32_RELATIVE)
  })
})

test('a batch of the three pairs has the numbers of each and their means', () => {
  const names = ['sigma5', 'sigma25', 'sigma75']
  const join = (key: string): Float32Array => Float32Array.from(names.flatMap((name) => [...tensor(`${name}/${key}`)]))
  const quality = imageQuality(join('b'), join('a'), shape)
  for (const [i, name] of names.entries()) {
    expect(quality.psnr.perImage[i]).toBeCloseTo(tensor(`${name}/psnr`)[0] as number, 4)
    expect(quality.ssim.perImage[i]).toBeCloseTo(tensor(`${name}/ssim`)[0] as number, 6)
    expect(quality.meanSquaredError.perImage[i]).toBeCloseTo(tensor(`${name}/mse`)[0] as number, 8)
  }
  const meanPsnr = names.reduce((sum, name) => sum + (tensor(`${name}/psnr`)[0] as number), 0) / 3
  expect(quality.psnr.mean).toBeCloseTo(meanPsnr, 4)
  expect(quality).toMatchObject({ identical: 0, ssimWindow: 11 })
})
