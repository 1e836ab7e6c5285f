import type { Output } from './output.ts'
import type { TrainedModel } from './weights.ts'

/** PSNR in dB of one image, before and after. */
export interface BeforeAndAfter {
  readonly name: string
  readonly noisy: number
  readonly denoised: number
}

/** Images that the warning names. */
const MAX_NAMED = 3

/**
 * Says loudly where results are worse than the noisy images that they are made of: weights that a denoiser runs in another
 * convention than their authors' do that, and nothing else shows it.
 * @param images whose clean image is known.
 * @returns the number of images that are worse.
 */
export function warnOfWorse(
  { path, kind }: Pick<TrainedModel, 'path' | 'kind'>,
  images: readonly BeforeAndAfter[],
  output: Output,
): number {
  const worse = images.filter(({ noisy, denoised }) => Number.isFinite(noisy) && denoised < noisy)
  if (worse.length === 0) return 0
  const named = worse
    .slice(0, MAX_NAMED)
    .map(({ name, noisy, denoised }) => `${name} from ${noisy.toFixed(2)} to ${denoised.toFixed(2)} dB`)
  const more = worse.length > MAX_NAMED ? ` and ${worse.length - MAX_NAMED} more` : ''
  output.note(
    `WARNING: ${worse.length} of ${images.length} ${images.length === 1 ? 'result is' : 'results are'} worse than the noisy image: ` +
      `${named.join(', ')}${more}. Either the noise is none that ${path} was trained on, or these weights are not of a ` +
      `${kind.name} as it is built here (what goes in first, what comes out, the range of values): do not trust the results.`,
  )
  return worse.length
}
