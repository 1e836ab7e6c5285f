import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { imageQuality } from '@noisescope/metrics'
import { expect } from 'vitest'
import { itWithShared, sharedImage } from './helpers/shared.ts'

const MAIN = fileURLToPath(new URL('../apps/runner/src/main.ts', import.meta.url))
const DATA = fileURLToPath(new URL('../../shared/data/', import.meta.url))

itWithShared('evaluate measures FFDNet on two images of Set12 as PyTorch and numpy do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'published-'))
  try {
    for (const image of ['01.png', '04.png']) await copyFile(join(DATA, 'Set12', image), join(folder, image))
    const weights = join(DATA, 'weights', 'FFDNet_gray.safetensors')
    const args = ['--weights', weights, '--images', folder, '--sigma', '25', '--seed', '0', '--json']
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'evaluate', ...args], { cwd: folder })
    const { rows, model } = JSON.parse(stdout)
    expect(model).toBe('ffdnet')
    for (const [i, number] of ['01', '04'].entries()) {
      const { width, height, data: clean } = sharedImage(`data/reference/set12_${number}_clean.npy`)
      const output = sharedImage(`data/reference/set12_${number}_FFDNet_gray.npy`).data
      const { psnr, ssim } = imageQuality(output, clean, { width, height, clip: true })
      const noisy = sharedImage(`data/reference/set12_${number}_noisy25.npy`).data
      expect(rows[i].methods.noisy.psnr).toBeCloseTo(imageQuality(noisy, clean, { width, height }).psnr.mean, 3)
      expect(rows[i].methods.denoised.psnr).toBeCloseTo(psnr.mean, 3)
      expect(rows[i].methods.denoised.ssim).toBeCloseTo(ssim.mean, 4)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
