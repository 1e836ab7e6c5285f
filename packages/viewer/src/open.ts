import type { Opener } from './controllers/opening.ts'
import { fetchBytes, fileName } from './fetch-bytes.ts'
import { recordedFrom } from './recorded-source.ts'
import type { NoiseSettings } from './source.ts'
import type { Texts } from './texts.ts'

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
export function openerOf(named: Named, texts: Texts): Opener | undefined {
  const { src, weights, image } = named
  if (src !== undefined) return recordedOpener(src, texts)
  return weights === undefined || image === undefined
    ? undefined
    : liveOpener({ ...settingsOf(named), weights, image }, texts)
}

/** Opens what the attributes name to compare with: another trace, or the live image with another model or other noise. */
export function comparedOpenerOf(named: Named, texts: Texts): Opener | undefined {
  const { compareSrc, compareWeights, compareModel, compareNoise } = named
  if (compareSrc !== undefined) return recordedOpener(compareSrc, texts)
  if (compareWeights === undefined && compareNoise === undefined) return undefined
  const model = compareWeights === undefined ? named.model : compareModel
  const other = { weights: compareWeights ?? named.weights, model, noise: compareNoise ?? named.noise }
  return openerOf({ ...named, ...other, src: undefined }, texts)
}

const settingsOf = ({ model, noise, sigma, seed }: Named) => ({ model, noise, sigma, seed })

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

/** The engine and all that belongs to it is only loaded now. */
const liveOpener =
  (settings: LiveSettings, texts: Texts): Opener =>
  async (signal, onProgress) => {
    const { openLive } = await import('./live-use/open-live.ts')
    return openLive(settings, texts, signal, onProgress)
  }
