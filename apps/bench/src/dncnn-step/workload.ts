import { keyFrom, random } from '@noisescope/core'
import { DEPTH, dncnnOperations, WIDTH } from '../convolution-chain/dncnn-chain.ts'
import { pytorch } from '../pytorch/contender.ts'
import { dncnnForPytorch } from '../pytorch/tasks.ts'
import { checkLoss, checkSameLoss } from '../training/checks.ts'
import { type Variant, workload } from '../workload.ts'

/** What each side trains with, in the same words for all. */
export interface DncnnTask {
  /** [n, 1, 40, 40] or [n, 40, 40, 1], which is the same for one channel. */
  readonly noisy: Float32Array
  /** What the network is to find in it. */
  readonly noise: Float32Array
  readonly patches: number
  /** Height and width of a patch. */
  readonly size: number
  readonly depth: number
  readonly width: number
  /** Seed of the weights of `dncnn`, from which all sides start. */
  readonly seed: number
  readonly learningRate: number
  readonly adamEps: number
}

interface Batch extends Variant {
  readonly patches: number
}

const SEED = 1
/** Of DnCNN-S (Zhang et al. 2017, section IV). */
const PATCH = 40
const SIGMA = 25 / 255
const LEARNING_RATE = 1e-3
const ADAM_EPS = 1e-8

/** Forward, input gradient and weight gradient. */
const PASSES = 3

const batchOf = (patches: number, when: Variant['when']): Batch => ({
  name: patches === 1 ? 'one patch' : `batch ${patches}`,
  items: patches,
  operations: PASSES * dncnnOperations(patches * PATCH ** 2),
  when,
  patches,
})

/** Patches of uniform random pixels with Gaussian noise: what a step costs does not depend on what is in them. */
async function task({ patches }: Batch): Promise<DncnnTask> {
  const count = patches * PATCH ** 2
  const clean = random('uniform', keyFrom(SEED, 0), count)
  const noise = random('normal', keyFrom(SEED, 1), count).map((z) => z * SIGMA)
  const noisy = clean.map((value, i) => value + (noise[i] ?? 0))
  const common = { size: PATCH, depth: DEPTH, width: WIDTH, seed: SEED }
  return { noisy, noise, patches, ...common, learningRate: LEARNING_RATE, adamEps: ADAM_EPS }
}

/**
 * DnCNN-S learns one batch by heart: upload, forward with batch statistics, the sum of squares over 2n, gradients, Adam, and the
 * loss read back, from the same weights on every side. A batch of 4 is what the slowest peer does in a minute.
 */
export const dncnnStep = workload({
  name: 'dncnn-step',
  title: `a training step of DnCNN (${DEPTH} layers, ${WIDTH} channels, batch norm, Adam) on ${PATCH}x${PATCH} patches`,
  unit: 'patches',
  variants: [batchOf(4, 'full'), batchOf(1, 'quick')],
  task,
  sides: {
    noisescope: { quick: true, load: async () => (await import('./noisescope.ts')).noisescope },
    'jax-js': { quick: true, load: async () => (await import('./jax.ts')).jax },
    'tfjs-webgpu': { quick: false, load: async () => (await import('./tfjs.ts')).tfjs },
    pytorch: { quick: false, load: () => pytorch(dncnnForPytorch) },
  },
  check: checkLoss,
  checkSame: checkSameLoss,
})
