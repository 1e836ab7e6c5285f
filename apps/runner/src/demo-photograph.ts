import { join } from 'node:path'
import { type Device, InputError } from '@noisescope/core'
import { crop } from '@noisescope/images'
import { loadPhotographs } from '@noisescope/images/node'
import { BYTE, noiseText } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'
import { classicallyDenoised, comparedDenoisers } from './comparison.ts'
import { type Measures, measure, measureNoisy } from './evaluation.ts'
import { comparisonStrip, saveFigure } from './figures/index.ts'
import { openDenoiser } from './image-denoiser.ts'
import { table } from './output.ts'
import { withNoise } from './samples.ts'
import { loadWeights } from './weights.ts'

const MODEL = 'dncnn-compact'
const NOISE: Noise = { kind: 'gaussian', sd: 25 / BYTE }
/** The part that is drawn, in pixels: the junk on the shore, with its rigging. */
const SHOWN = { left: 200, top: 50, width: 224, height: 224 } as const

/** A held-out photograph, denoised: what was measured, in numbers and lines, and the figure. */
export interface DemoPhotograph {
  readonly result: {
    readonly photograph: string
    readonly weights: string
    readonly noise: Noise
    readonly noisy: Measures
    readonly median3x3: Measures
    readonly denoised: Measures
  }
  readonly lines: readonly string[]
  readonly figure: string
}

/** Denoises the photograph that was held out when the shipped weights of photographs were trained. */
export async function demoPhotograph(device: Device, seed: number, folder: string): Promise<DemoPhotograph> {
  const held = (await loadPhotographs()).images.at(-1)
  const [medianFilter] = comparedDenoisers(['median'])
  if (held === undefined || medianFilter === undefined) throw new InputError('there is no photograph to denoise')
  const { name, image: clean } = held
  const trained = await loadWeights({ model: MODEL })
  const noisy = withNoise(clean, NOISE, seed, 0)
  using denoiser = await openDenoiser(device, trained)
  const denoised = await denoiser.denoise(noisy)
  const median = classicallyDenoised(medianFilter, { clean, noisy, noise: NOISE })

  const figure = join(folder, 'photograph.png')
  const shown = (image: typeof clean) => crop(image, SHOWN.left, SHOWN.top, SHOWN.width, SHOWN.height).data
  await saveFigure(
    comparisonStrip({
      title: `${trained.kind.name}: part of a held-out photograph, ${noiseText(NOISE)}`,
      rows: [{ ...SHOWN, clean: shown(clean), noisy: shown(noisy), denoised: shown(denoised), label: name }],
    }),
    figure,
  )
  const measures = {
    noisy: measureNoisy(noisy, clean),
    median3x3: measure(median, clean),
    denoised: measure(denoised, clean),
  }
  const row = (method: string, { psnr, ssim }: Measures): string[] => [method, `${psnr.toFixed(2)} dB`, ssim.toFixed(4)]
  const gain = measures.denoised.psnr - measures.median3x3.psnr
  return {
    result: { photograph: name, weights: trained.path, noise: NOISE, ...measures },
    lines: [
      `A held-out photograph (${name}), ${noiseText(NOISE)}`,
      '',
      ...table([
        ['', 'PSNR', 'SSIM'],
        row('noisy', measures.noisy),
        row('3x3 median', measures.median3x3),
        row('denoised', measures.denoised),
      ]).map((line) => `  ${line}`),
      '',
      `The network is ${Math.abs(gain).toFixed(2)} dB ${gain < 0 ? 'below' : 'above'} a plain 3x3 median on this photograph.`,
    ],
    figure,
  }
}
