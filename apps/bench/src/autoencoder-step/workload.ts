import { AUTOENCODER_SIZE, autoencoder, autoencoderRecipe } from '@noisescope/autoencoder'
import { InputError, keyFrom } from '@noisescope/core'
import { batch } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import { layerSummaries } from '@noisescope/nn'
import { applyNoise, defaultNoise } from '@noisescope/noise'
import { pytorch } from '../pytorch/contender.ts'
import { autoencoderForPytorch } from '../pytorch/tasks.ts'
import { checkLoss, checkSameLoss } from '../training/checks.ts'
import { type Variant, workload } from '../workload.ts'

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

interface Batch extends Variant {
  /** Images a step. */
  readonly images: number
}

/** Forward, input gradient and weight gradient. */
const PASSES = 3

/** Operations of the convolutions for one image, a multiply-add being two: every weight meets every pixel that is put out. */
function operationsOfAPass(): number {
  const layers = layerSummaries(autoencoder(), [1, 1, AUTOENCODER_SIZE, AUTOENCODER_SIZE])
  return layers
    .filter(({ kind }) => kind === 'Conv2D')
    .reduce((sum, { output: [, channels = 0, height = 0, width = 0], parameters }) => {
      const weights = parameters - channels
      return sum + 2 * weights * height * width
    }, 0)
}

const batchOf = (images: number, when: Variant['when']): Batch => ({
  name: `batch ${images}`,
  items: images,
  operations: PASSES * images * operationsOfAPass(),
  when,
  images,
})

/** The first images of Fashion-MNIST with salt-and-pepper noise. @throws InputError when there are fewer. */
async function task({ images }: Batch): Promise<AutoencoderTask> {
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
  variants: [batchOf(48, 'always'), batchOf(480, 'full')],
  task,
  sides: {
    noisescope: { quick: true, load: async () => (await import('./noisescope.ts')).noisescope },
    'jax-js': { quick: true, load: async () => (await import('./jax.ts')).jax },
    'tfjs-webgpu': { quick: false, load: async () => (await import('./tfjs.ts')).tfjs },
    pytorch: { quick: false, load: () => pytorch(autoencoderForPytorch) },
  },
  check: checkLoss,
  checkSame: checkSameLoss,
})
