import { BYTE, openWeights, type StoredModel } from '@noisescope/models'
import { defaultNoise } from '@noisescope/noise'
import { Engine } from './engine.ts'
import { type LiveImage, preparedImage } from './live-image.ts'
import { LiveSource, type Stage } from './live-source.ts'
import type { OpenDevice } from './shared-device.ts'
import { type LiveNoise, plainNoise } from './shown-image.ts'

/** Seed of noise where none is given, as on the command line. */
const USUAL_SEED = 1

/** A model, an image, and what is done to it. */
export interface LiveSourceOptions {
  /** A file of weights in any known format, and its name for messages. */
  readonly weights: { readonly bytes: Uint8Array; readonly name: string }
  /** Name of the model; as the weights say where not given. */
  readonly model?: string | undefined
  readonly image: LiveImage
  /** What the model was trained on where not given, else what it is used for. */
  readonly noise?: LiveNoise | undefined
  /** The level that the model is told, on 0..1; that of the noise where not given. */
  readonly sigma?: number | undefined
  /** Of the noise, where that does not say; 1 if not given. */
  readonly seed?: number | undefined
  /** Called while the source is opened, and later while it explains. */
  readonly onProgress?: ((stage: Stage) => void) | undefined
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined
  /** Opens the device, which sources that are given the same function share; the browser's own where not given. */
  readonly open?: OpenDevice | undefined
}

/**
 * Opens a model in the page and denoises an image.
 * @throws InputError when weights, image, noise or level cannot be used; AdapterError where there is no WebGPU; the signal's reason.
 */
export async function openLiveSource(options: LiveSourceOptions): Promise<LiveSource> {
  const { weights, model, image, sigma, seed = USUAL_SEED, onProgress = () => {}, open } = options
  const signal = options.signal ?? new AbortController().signal
  signal.throwIfAborted()
  const stages = ['Reading the weights', 'Denoising the image']
  const stage = (done: number): void => onProgress({ text: stages[done] ?? 'Ready', done, total: stages.length })
  stage(0)
  const stored = await openWeights(weights.bytes, weights.name, { model })
  signal.throwIfAborted()
  const noise = options.noise ?? usualNoise(stored)
  const wanted = { prepared: preparedImage(image, stored), noise: plainNoise(noise), seed: noise.seed ?? seed, sigma }
  const engine = new Engine(stored, { onLost: (error) => source.lost(error), open })
  const source = new LiveSource(engine, wanted, onProgress)
  stage(1)
  try {
    await source.recover(signal)
  } catch (error) {
    source.dispose()
    throw error
  }
  stage(2)
  return source
}

/** The noise that a model knows, as `noisescope explain` chooses it. */
const usualNoise = ({ kind, noise }: StoredModel): LiveNoise =>
  noise ?? (kind.takes === 'tiles' ? defaultNoise('salt-and-pepper') : { kind: 'gaussian', sd: 25 / BYTE })
