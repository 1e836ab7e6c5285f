import { basename, dirname, extname, join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Image, encodePng } from '@noisescope/images'
import type { NamedImage } from '@noisescope/images/node'
import { defaultNoise, describeNoise } from '@noisescope/noise'
import { type Denoiser, compileDenoiser } from './denoiser.ts'
import { measure } from './evaluation.ts'
import { EXIT } from './failure.ts'
import { writableFolder } from './files.ts'
import { readImages } from './image-files.ts'
import { type NoiseFlags, namesNoise, noiseFrom } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { startProgress } from './progress.ts'
import { withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

export interface DenoiseOptions extends CommonOptions, NoiseFlags {
  readonly weights?: string
  readonly output: string
}

/** Denoises PNG and JPEG files of any size, grey or colour. @returns the exit code. */
export async function denoiseCommand(inputs: readonly string[], options: DenoiseOptions, output: Output): Promise<number> {
  using session = await openSession(output)
  const trained = await loadWeights(options.weights)
  const { images, refused } = await readImages(inputs, output)
  const paths = await outputPaths(images, options.output)
  const noise = namesNoise(options) ? noiseFrom(options, defaultNoise('gaussian')) : undefined

  trained.place(session.device)
  using denoiser = await compileDenoiser(session.device, trained.model, trained.kind.tile)
  if (images.some(({ image }) => image.width !== trained.kind.tile || image.height !== trained.kind.tile)) {
    output.note(`Note: ${trained.kind.caution}.`)
  }
  const files = []
  for (const [i, { path, image }] of images.entries()) {
    const noisy = noise === undefined ? image : withNoise(image, noise, options.seed, i)
    const denoised = await denoiseOne(denoiser, noisy, path)
    const target = paths[i] ?? join(options.output, basename(path))
    await writeWhole(target, encodePng(denoised))
    output.line(`${path} (${image.width}x${image.height}, ${image.channels === 1 ? 'grey' : 'colour'}) -> ${target}`)
    if (noise === undefined) {
      files.push({ input: path, output: target })
      continue
    }
    const noisyPath = target.replace(/\.png$/i, '-noisy.png')
    await writeWhole(noisyPath, encodePng(noisy))
    const [before, after] = [measure(noisy, image), measure(denoised, image)]
    output.line(`  ${describeNoise(noise)} added (${noisyPath}): ${before.psnr.toFixed(2)} dB / ${before.ssim.toFixed(3)}, denoised ${after.psnr.toFixed(2)} dB / ${after.ssim.toFixed(3)}`)
    files.push({ input: path, output: target, noisyOutput: noisyPath, noisy: before, denoised: after })
  }
  if (refused > 0) output.note(`${refused} of ${images.length + refused} files could not be used.`)
  output.result({ weights: trained.path, model: trained.kind.name, noise: noise ?? null, seed: options.seed, refused, files })
  return refused > 0 ? EXIT.failed : EXIT.ok
}

async function denoiseOne(denoiser: Denoiser, noisy: Image, name: string): Promise<Image> {
  using bar = startProgress(`${name} {bar} {value}/{total} tiles`, 1)
  const [denoised = noisy] = await denoiser.denoise([noisy], (done, total) => bar.update(done, {}, total))
  return denoised
}

/**
 * Where each image is written: the one image to OUT if that is a PNG's name, else each to a file of its name in the folder OUT.
 * @throws InputError when OUT cannot be written, or is one file for several images.
 */
async function outputPaths(images: readonly NamedImage[], out: string): Promise<string[]> {
  if (extname(out).toLowerCase() === '.png') {
    if (images.length > 1) throw new InputError(`${out} is one file, but there are ${images.length} images; give a folder with --output`)
    await writableFolder(dirname(out))
    return [out]
  }
  await writableFolder(out)
  const stems = images.map(({ name }) => name.slice(0, -extname(name).length || undefined))
  return images.map(({ name }, i) => {
    const stem = stems[i] ?? name
    const unique = stems.filter((other) => other === stem).length === 1
    return join(out, `${unique ? stem : `${name}-${i + 1}`}-denoised.png`)
  })
}
