import type { Texts } from '../texts.ts'
import { fetchBytes, fileName } from './fetch-bytes.ts'
import type { Opener } from './opening.ts'
import { recordedFrom } from './recorded-source.ts'
import type { NoiseSettings } from './source.ts'

/** What attributes name to be opened. */
export interface Named extends Omit<LiveSettings, 'weights' | 'image'> {
  readonly src: string | undefined
  readonly weights: string | undefined
  readonly image: string | undefined
  readonly compareSrc: string | undefined
  readonly compareWeights: string | undefined
  readonly compareModel: string | undefined
  readonly compareNoise: string | undefined
}

/** What a live model is opened with: addresses, and settings as the attributes have them. */
export interface LiveSettings {
  readonly weights: string
  readonly image: string
  readonly model: string | undefined
  readonly noise: string | NoiseSettings | undefined
  /** On 0..255. */
  readonly sigma: number | undefined
  readonly seed: number | undefined
}

/** Attributes with what is to be opened first, and with what it is compared with. */
export const mainAttributes = ['src', 'weights', 'image', 'model'] as const
export const comparedAttributes = ['compareSrc', 'compareWeights', 'compareModel', 'compareNoise'] as const

/** Opens what the attributes name; undefined when they name nothing, or not enough. */
export const openerOf = (named: Named, texts: Texts): Opener | undefined =>
  named.src === undefined ? liveOpener(named, texts) : recordedOpener(named.src, texts)

/** Opens what the attributes name to compare with: another trace, or the live image with another model or other noise. */
export function comparedOpenerOf(named: Named, texts: Texts): Opener | undefined {
  const { compareSrc, compareWeights, compareModel, compareNoise, image, sigma, seed } = named
  if (compareSrc !== undefined) return recordedOpener(compareSrc, texts)
  if (compareWeights === undefined && compareNoise === undefined) return undefined
  const weights = compareWeights ?? named.weights
  const model = compareWeights === undefined ? named.model : compareModel
  return liveOpener({ weights, image, model, noise: compareNoise ?? named.noise, sigma, seed }, texts)
}

/** Opens a trace that is a file. */
export const fileOpener =
  (file: Blob, name: string): Opener =>
  async () =>
    recordedFrom(new Uint8Array(await file.arrayBuffer()), name)

const recordedOpener =
  (src: string, texts: Texts): Opener =>
  async (signal, onProgress) => {
    const name = fileName(src)
    const bytes = await fetchBytes(src, signal, ({ done, total }) =>
      onProgress({ text: `${name}: ${texts.bytes(done, total)}`, done, total }),
    )
    return recordedFrom(bytes, name)
  }

/** Opens a live model; undefined without weights or image. The engine and all that belongs to it is only loaded then. */
function liveOpener(
  { weights, image, model, noise, sigma, seed }: Pick<Named, keyof LiveSettings>,
  texts: Texts,
): Opener | undefined {
  if (weights === undefined || image === undefined) return undefined
  const settings = { weights, image, model, noise, sigma, seed }
  return async (signal, onProgress) => {
    const { openLive } = await import('../live-controls/open-live.ts')
    return openLive(settings, texts, signal, onProgress)
  }
}
