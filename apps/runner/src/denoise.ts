import { dirname, extname, join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { encodePng, type Image } from '@noisescope/images'
import type { NamedImage } from '@noisescope/images/node'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { compileDenoiser, type Denoiser, tileCount } from './denoiser.ts'
import { type Measures, measure } from './evaluation.ts'
import { EXIT } from './failure.ts'
import { writableFolder } from './files.ts'
import { readImages } from './image-files.ts'
import type { ModelKind } from './models.ts'
import { type NoiseFlags, namesNoise, noiseFrom, noiseText } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { startProgress } from './progress.ts'
import { withNoise } from './samples.ts'
import { openSession } from './session.ts'
import { loadWeights } from './weights.ts'

/** Flags of `denoise`. */
export interface DenoiseOptions extends CommonOptions, NoiseFlags {
  readonly weights?: string
  readonly output: string
}

/** One image to denoise: where it is from and goes to, and with its noise where some was added. */
interface Job {
  readonly input: string
  readonly output: string
  readonly image: Image
  readonly noisy: Image
}

/** What was written for one image; measures only where noise was added to it, so that the clean image is known. */
interface Written {
  readonly input: string
  readonly output: string
  readonly noisyOutput?: string
  readonly noisy?: Measures
  readonly denoised?: Measures
}

/** Denoises PNG and JPEG files of any size, grey or colour. @returns the exit code. */
export async function denoiseCommand(
  inputs: readonly string[],
  options: DenoiseOptions,
  output: Output,
): Promise<number> {
  using session = await openSession(output)
  const { kind, model, path: weights, place } = await loadWeights(options.weights)
  const { images, refused } = await readImages(inputs, output)
  const noise = namesNoise(options) ? noiseFrom(options, defaultNoise('gaussian')) : undefined
  const jobs = (await outputPaths(images, options.output)).map(({ path, image, output }, i): Job => {
    const noisy = noise === undefined ? image : withNoise(image, noise, options.seed, i)
    return { input: path, output, image, noisy }
  })

  place(session.device)
  using denoiser = await compileDenoiser(session.device, model, kind.tile)
  const files = await denoiseAll(denoiser, kind, jobs)

  for (const [i, file] of files.entries()) for (const line of fileLines(file, jobs[i]?.image, noise)) output.line(line)
  if (images.some(({ image }) => image.width !== kind.tile || image.height !== kind.tile))
    output.note(`Note: ${kind.caution}.`)
  if (refused > 0) output.note(`${refused} of ${images.length + refused} files could not be used.`)
  output.result({ weights, model: kind.name, noise: noise ?? null, seed: options.seed, refused, files })
  return refused > 0 ? EXIT.failed : EXIT.ok
}

async function denoiseAll(denoiser: Denoiser, { tile }: ModelKind, jobs: readonly Job[]): Promise<Written[]> {
  const total = jobs.reduce((sum, { image }) => sum + tileCount(image, tile), 0)
  using bar = startProgress('denoising {bar} {value}/{total} tiles', total)
  const written: Written[] = []
  let before = 0
  for (const { input, output, image, noisy } of jobs) {
    const [denoised = noisy] = await denoiser.denoise([noisy], (done) => bar.update(before + done))
    before += tileCount(image, tile)
    await writeWhole(output, encodePng(denoised))
    if (noisy === image) {
      written.push({ input, output })
      continue
    }
    const noisyOutput = output.replace(/(-denoised)?\.png$/i, '-noisy.png')
    await writeWhole(noisyOutput, encodePng(noisy))
    written.push({ input, output, noisyOutput, noisy: measure(noisy, image), denoised: measure(denoised, image) })
  }
  return written
}

function fileLines(
  { input, output, noisyOutput, noisy, denoised }: Written,
  image: Image | undefined,
  noise: Noise | undefined,
): string[] {
  const size =
    image === undefined ? '' : ` (${image.width}x${image.height}, ${image.channels === 1 ? 'grey' : 'colour'})`
  const line = `${input}${size} -> ${output}`
  if (noise === undefined || noisy === undefined || denoised === undefined) return [line]
  const quality = ({ psnr, ssim }: Measures) => `${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(3)}`
  return [line, `  with ${noiseText(noise)} (${noisyOutput}): ${quality(noisy)}; denoised: ${quality(denoised)}`]
}

/**
 * Says where each image is written: the one image to OUT if that is a PNG's name, else each to a file of its name in the folder OUT.
 * @throws InputError when OUT cannot be written, or is one file for several images.
 */
async function outputPaths(
  images: readonly NamedImage[],
  out: string,
): Promise<(NamedImage & { readonly output: string })[]> {
  const [first] = images
  if (extname(out).toLowerCase() === '.png' && first !== undefined) {
    if (images.length > 1)
      throw new InputError(`${out} is one file, but there are ${images.length} images; give a folder with --output`)
    await writableFolder(dirname(out))
    return [{ ...first, output: out }]
  }
  await writableFolder(out)
  const stems = images.map(({ name }) => name.slice(0, name.length - extname(name).length))
  return images.map((image, i) => {
    const unique = stems.filter((stem) => stem === stems[i]).length === 1
    return { ...image, output: join(out, `${unique ? stems[i] : `${image.name}-${i + 1}`}-denoised.png`) }
  })
}
