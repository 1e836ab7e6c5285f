import { Failure } from '../failure.ts'
import type { openLiveSource } from '../live-engine/index.ts'
import { fetchBytes, fileName } from '../sources/fetch-bytes.ts'
import type { LiveSettings } from '../sources/open.ts'
import type { NoiseSettings, Source } from '../sources/source.ts'
import type { Texts } from '../texts.ts'
import type { Progress } from '../ui/messages.ts'
import { parseNoise } from './noise-strength.ts'

/** Brightness of white where noise levels are given on 0..255. */
const WHITE = 255

/** Opens a model and denoises an image; the engine is loaded for it. */
export async function openLive(
  settings: LiveSettings,
  texts: Texts,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Source> {
  const { model, seed } = settings
  const noise = noiseFrom(settings)
  const fetched = (url: string) =>
    fetchBytes(url, signal, ({ done, total }) =>
      onProgress({ text: `${fileName(url)}: ${texts.bytes(done, total)}`, done, total }),
    )
  const [live, weights, imageFile] = await Promise.all([
    import('../live-engine/index.ts'),
    fetched(settings.weights),
    fetched(settings.image),
  ])
  const image = await live.decodeImageFile(new Blob([new Uint8Array(imageFile)]), fileName(settings.image))
  const options: Parameters<typeof openLiveSource>[0] = {
    weights: { bytes: weights, name: fileName(settings.weights) },
    model,
    image,
    noise,
    sigma: levelFrom(settings),
    seed,
    onProgress,
    signal,
  }
  return live.openLiveSource(options)
}

/** The noise of the attributes; without a strength of its own Gaussian noise has that of `sigma`. @throws Failure */
export function noiseFrom({ noise, sigma }: Pick<LiveSettings, 'noise' | 'sigma'>): NoiseSettings | undefined {
  if (noise === undefined || typeof noise !== 'string') return noise
  const level = noise === 'gaussian' && sigma !== undefined ? sigma / WHITE : undefined
  const found = parseNoise(noise, level)
  if (found !== undefined) return found
  throw new Failure(
    'input',
    `noise is ${JSON.stringify(noise)}; expected a kind such as gaussian or salt-and-pepper, with its strength as in gaussian:0.1 or salt-and-pepper:0.1`,
  )
}

/** The level of the attributes on 0..1. */
export const levelFrom = ({ sigma }: Pick<LiveSettings, 'sigma'>): number | undefined =>
  sigma === undefined ? undefined : sigma / WHITE
