import { AUTOENCODER_SIZE, autoencoderRecipe } from '@noisescope/autoencoder'
import { InputError, keyFrom } from '@noisescope/core'
import { batch } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import { applyNoise, defaultNoise } from '@noisescope/noise'
import { type Settings, workload } from '../workload.ts'

/** What each side trains with, in the same words for all. */
export interface AutoencoderTask {
  /** [n, 1, 28, 28] or [n, 28, 28, 1], which is the same for one channel. */
  readonly noisy: Float32Array
  readonly clean: Float32Array
  readonly images: number
  /** Height and width of an image. */
  readonly size: number
  /** Seed of the Glorot-uniform weights of `autoencoder`, from which all sides start. */
  readonly seed: number
  readonly learningRate: number
  readonly adamEps: number
}

const SEED = 1

/** Two sides may differ in their first loss, which no update has touched yet, by this share: float32 sums in another order. */
const SAME_LOSS = 1e-3

/** The first images of Fashion-MNIST with salt-and-pepper noise. @throws InputError when there are fewer. */
async function task({ batch: images }: Settings): Promise<AutoencoderTask> {
  const { train } = await loadDataset('fashion-mnist')
  if (images > train.count)
    throw new InputError(`a batch of ${images} is larger than the ${train.count} images; use less`)
  const clean = batch(
    train,
    Uint32Array.from({ length: images }, (_, i) => i),
  )
  const { noisy } = applyNoise(clean, defaultNoise('salt-and-pepper'), keyFrom(SEED))
  const { learningRate, adamEps } = autoencoderRecipe
  return { noisy, clean, images, size: AUTOENCODER_SIZE, seed: SEED, learningRate, adamEps }
}

/**
 * The report's autoencoder learns one batch by heart: upload, forward, binary cross-entropy, gradients, Adam, and the loss
 * read back, from the same weights on every side.
 */
export const autoencoderStep = workload({
  name: 'autoencoder-step',
  title: "a training step of the report's autoencoder (binary cross-entropy, Adam)",
  unit: 'images',
  itemsPerStep: ({ batch: images }) => images,
  task,
  contenders: {
    noisescope: async () => (await import('./noisescope.ts')).noisescope,
    tfjs: async () => (await import('./tfjs.ts')).tfjs,
  },
  check: (losses) => {
    const [first = Number.NaN] = losses
    const last = losses.at(-1) ?? Number.NaN
    return last < first ? undefined : `the loss did not fall: ${first} at first, ${last} after ${losses.length} steps`
  },
  checkSame: ([loss = Number.NaN], [other = Number.NaN]) =>
    Math.abs(loss - other) <= SAME_LOSS * Math.abs(other)
      ? undefined
      : `the first losses differ, ${loss} and ${other}: the networks are not the same`,
})
