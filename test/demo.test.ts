import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../apps/runner/src/main.ts', import.meta.url))

/** Signature of a PNG file. */
const PNG = [137, 80, 78, 71, 13, 10, 26, 10]

let folder: string
type Measured = Record<'noisy' | 'median3x3' | 'denoised', { psnr: number; ssim: number }>
let metrics: Measured & {
  photograph: Measured
  deadChannels: { names: string[]; of: number }
}
let printed: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'))
  const run = await promisify(execFile)(process.execPath, [MAIN, 'demo', '--output', folder, '--test-images', '100'])
  printed = run.stdout
  metrics = JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the demo, with the shipped weights', () => {
  it('says in its first line which adapter it uses', () => {
    expect(printed.split('\n')[0]).toMatch(/^Adapter: /)
  })

  it('denoises a held-out photograph far above the noise and above a plain median, and says so first', () => {
    const { noisy, median3x3, denoised } = metrics.photograph
    expect(denoised.psnr - noisy.psnr).toBeGreaterThan(8)
    expect(denoised.psnr - median3x3.psnr).toBeGreaterThan(2)
    expect(denoised.ssim).toBeGreaterThan(median3x3.ssim)
    expect(printed.indexOf(`${denoised.psnr.toFixed(2)} dB`)).toBeGreaterThan(0)
    expect(printed.indexOf(`${denoised.psnr.toFixed(2)} dB`)).toBeLessThan(printed.indexOf('held out, '))
  })

  it('denoises held-out images at least 4 dB above the noise', () => {
    expect(metrics.denoised.psnr - metrics.noisy.psnr).toBeGreaterThan(4)
    expect(metrics.denoised.ssim).toBeGreaterThan(metrics.noisy.ssim)
  })

  it('writes the comparison strip and the activation maps of all thirteen layers as PNG', async () => {
    const layers = (await readdir(join(folder, 'activations'))).filter((name) => name.endsWith('.png'))
    expect(layers).toHaveLength(13)
    for (const name of [
      'photograph.png',
      'comparison.png',
      'activations.png',
      ...layers.map((layer) => join('activations', layer)),
    ]) {
      expect([...(await readFile(join(folder, name))).subarray(0, 8)]).toEqual(PNG)
    }
  })

  it('prints what it measured, and names every dead channel', () => {
    expect(printed).toContain(`${metrics.denoised.psnr.toFixed(2)} dB`)
    expect(metrics.deadChannels.of).toBe(224)
    expect(printed).toContain(`Dead channels: ${metrics.deadChannels.names.length} of 224`)
  })
})
