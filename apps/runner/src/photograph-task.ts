import { InputError } from '@noisescope/core'
import { type Image, middleCrop } from '@noisescope/images'
import {
  corruption,
  gaussianOf,
  type ModelOptions,
  noiseText,
  type PhotographModelKind,
  sigmaRange,
  type TrainedNoise,
  typicalNoise,
} from '@noisescope/models'
import { parametersOf, type Recipe, recipeLoss, recipeOptimiser, recipeSchedule } from '@noisescope/nn'
import { defaultNoise, type Noise } from '@noisescope/noise'
import { measure, measureNoisy, type Sample } from './evaluation.ts'
import type { ExplainedImage } from './explained-image.ts'
import { networkOptions } from './network-flags.ts'
import { namesNoise, noiseFrom } from './noise-options.ts'
import type { Output } from './output.ts'
import { table } from './output.ts'
import { patchesOf, readPhotographs } from './photographs.ts'
import { writeFigures } from './run-figures.ts'
import { withNoise } from './samples.ts'
import type { Session } from './session.ts'
import { parseSigmaRange } from './sigma-range-flag.ts'
import type { TrainOptions } from './train.ts'
import { interpretableTraining, type TrainingTask } from './training-task.ts'
import { validator } from './validation.ts'
import { WholeImageDenoiser } from './whole-image-denoiser.ts'

/** Levels at which a network of a range is measured, of 255, as far as they lie in it. */
const MEASURED_LEVELS = [15, 25, 50].map((level) => level / 255)
/** Patches of held-out photographs that the loss is looked at after each epoch. */
const VALIDATION_PATCHES = 48
/** Side in pixels of the parts of photographs that figures show. */
const SHOWN_SIDE = 128
/** Side in pixels of the part that a trace shows: all its frames are 4 MB of the compact DnCNN, 25 MB of the widest networks. */
const TRACED_SIDE = 48

/** A fully convolutional model, trained by its recipe on patches of photographs. @throws InputError when flags do not fit. */
export async function photographTask(
  kind: PhotographModelKind,
  options: TrainOptions,
  session: Session,
  output: Output,
): Promise<TrainingTask> {
  const network = networkOptions(kind, options)
  const noise = trainedNoise(kind, network, options)
  const recipe = adjusted(kind.recipe(network, sigmaRange(noise)), options)
  const photographs = await readPhotographs(
    options.images,
    { channels: network.channels === 3 ? 3 : 1, patch: recipe.patch },
    output,
  )
  const data = patchesOf(photographs.cut, recipe, options.seed)
  if (recipe.batchSize > data.count) {
    throw new InputError(`a batch of ${recipe.batchSize} is larger than the ${data.count} patches of an epoch`)
  }
  const model = kind.build(network, options.seed)
  if (model.takesSigma && sigmaRange(noise) === undefined) {
    throw new InputError(
      `the ${kind.name} is told the level of Gaussian noise; it cannot be trained on ${noise.kind} noise`,
    )
  }
  const interpretable = interpretableTraining(model, [recipe.batchSize, ...data.shape], options)
  const loss = recipeLoss(recipe, model.output)
  const heldOut = photographs.heldOut.slice(0, options.testImages)
  const samples = validationSamples(
    heldOut.map(({ image }) => image),
    recipe,
    noise,
    options.seed,
  )
  const { length } = photographs.train
  const cropped = length === 1 ? '1 photograph' : `${length} photographs`
  return {
    kind,
    model,
    options: network,
    noise,
    dataset: photographs,
    images: `${data.count} patches of ${recipe.patch}x${recipe.patch} an epoch from ${cropped} (${photographs.source})`,
    run: {
      data,
      corrupt: corruption(noise),
      loss,
      optimiser: recipeOptimiser(recipe, parametersOf(model)),
      schedule: recipeSchedule(recipe),
      batchSize: recipe.batchSize,
      epochs: recipe.epochs,
      ...interpretable.run,
    },
    lossName: recipe.loss === 'mean' ? 'mean squared error' : 'sum of squares / 2N',
    settings: { recipe: JSON.stringify({ ...recipe, source: undefined }), network: JSON.stringify(network) },
    maxMinutes: options.maxMinutes,
    notes: { recipe: JSON.stringify(recipe), ...interpretable.notes },
    shown: tracedPart(heldOut, typicalNoise(noise), options.seed),
    validate: validator({ session, model, loss, samples, shape: data.shape }),
    measure: async (device, folder) => {
      using denoiser = new WholeImageDenoiser(device, model)
      const rows: { image: string; noise: string; noisy: number; denoised: number; ssim: number }[] = []
      for (const level of levels(noise)) {
        for (const [i, { name, image }] of heldOut.entries()) {
          const noisy = withNoise(image, level, options.seed, i)
          const denoised = await denoiser.denoise(noisy, { sigma: sigmaRange(level)?.min })
          const { psnr, ssim } = measure(denoised, image)
          rows.push({
            image: name,
            noise: noiseText(level),
            noisy: measureNoisy(noisy, image).psnr,
            denoised: psnr,
            ssim,
          })
        }
      }
      const shown = typicalNoise(noise)
      const strips = heldOut.slice(0, 6).map(({ name, image }, i): Sample => {
        const clean = middleCrop(image, SHOWN_SIDE)
        return { name, clean, noisy: withNoise(clean, shown, options.seed, i) }
      })
      const denoised: Image[] = []
      for (const { noisy } of strips) denoised.push(await denoiser.denoise(noisy, { sigma: sigmaRange(shown)?.min }))
      const { layers, summary } = await writeFigures(folder, {
        device,
        kind,
        model,
        noise: shown,
        samples: strips,
        denoised,
        dead: new Map(),
        source: photographs.name,
      })
      return {
        lines: [
          'Held-out photographs:',
          ...table([
            ['image', 'noise', 'noisy', 'denoised', 'SSIM'],
            ...rows.map((row) => [
              row.image,
              row.noise,
              `${row.noisy.toFixed(2)} dB`,
              `${row.denoised.toFixed(2)} dB`,
              row.ssim.toFixed(4),
            ]),
          ]).map((line) => `  ${line}`),
        ],
        metrics: { heldOut: rows },
        notes: {},
        layers,
        figures: summary,
      }
    },
  }
}

/** The middle of the first held-out photograph, with noise. */
function tracedPart(
  [photograph]: readonly { readonly name: string; readonly image: Image }[],
  noise: Noise,
  seed: number,
): ExplainedImage {
  if (photograph === undefined) throw new InputError('there is no held-out photograph; expected at least one')
  const { name, image } = photograph
  const clean = middleCrop(image, TRACED_SIDE)
  const part = `${clean.width}x${clean.height} pixels in the middle`
  return { name, clean, noisy: withNoise(clean, noise, seed, 0), noise, sigma: sigmaRange(noise)?.min, part }
}

/** The noise of a training: what flags say, else the recipe's own levels. */
function trainedNoise(kind: PhotographModelKind, network: ModelOptions, options: TrainOptions): TrainedNoise {
  if (options.sigmaRange !== undefined) {
    if (namesNoise(options)) throw new InputError('--sigma-range is Gaussian noise of any level; give it alone')
    return gaussianOf(parseSigmaRange(options.sigmaRange))
  }
  const { sigma } = kind.recipe(network)
  if (!namesNoise(options)) return gaussianOf(sigma)
  const levelless = options.noise === 'gaussian' && options.sd === undefined && options.sigma === undefined
  return levelless ? gaussianOf(sigma) : noiseFrom(options, defaultNoise('gaussian'))
}

/** The recipe as flags change it; its learning rate's steps move with the number of epochs. */
function adjusted(recipe: Recipe, options: TrainOptions): Recipe {
  const { batchSize = recipe.batchSize, epochs = recipe.epochs, patchSize = recipe.patch, patches } = options
  const placement = patches === undefined ? recipe.placement : ({ kind: 'random', count: patches } as const)
  const schedule = adjustedSchedule(recipe.schedule, epochs / recipe.epochs, options)
  return { ...recipe, batchSize, epochs, schedule, placement, patch: patchSize }
}

function adjustedSchedule(
  schedule: Recipe['schedule'],
  stretch: number,
  { learningRate, finalLearningRate }: TrainOptions,
): Recipe['schedule'] {
  const start = learningRate ?? ('from' in schedule ? schedule.from : schedule.rate)
  if (finalLearningRate !== undefined) return { kind: 'cosine', from: start, to: finalLearningRate }
  if ('from' in schedule) return { ...schedule, from: start }
  if (schedule.kind === 'constant') return { ...schedule, rate: start }
  return { ...schedule, rate: start, milestones: schedule.milestones.map((milestone) => milestone * stretch) }
}

/** The levels of noise at which the held-out photographs are measured. */
function levels(noise: TrainedNoise): Noise[] {
  if (noise.kind !== 'gaussian-range') return [noise]
  const { min, max } = noise.sigma
  const within = MEASURED_LEVELS.filter((sd) => sd >= min && sd <= max)
  return (within.length > 0 ? within : [max]).map((sd) => ({ kind: 'gaussian', sd }))
}

/** Patches of the held-out photographs, with the same noise after every epoch; of a range of levels each in turn. */
function validationSamples(images: readonly Image[], recipe: Recipe, noise: TrainedNoise, seed: number): Sample[] {
  const { shape, batch } = patchesOf(
    images,
    { ...recipe, augmentation: 'none', placement: { kind: 'random', count: VALIDATION_PATCHES } },
    seed,
  )
  const [channels = 1, side = 0] = shape
  const values = batch(
    Array.from({ length: VALIDATION_PATCHES }, (_, i) => i),
    0,
  )
  const size = values.length / VALIDATION_PATCHES
  const cycle = levels(noise)
  return Array.from({ length: VALIDATION_PATCHES }, (_, i) => {
    const data = values.slice(i * size, (i + 1) * size)
    const clean: Image = { width: side, height: side, channels: channels === 3 ? 3 : 1, data }
    const level = cycle[i % cycle.length] ?? typicalNoise(noise)
    const sigma = sigmaRange(level)?.min
    return {
      name: `patch ${i}`,
      clean,
      noisy: withNoise(clean, level, seed, i),
      ...(sigma === undefined ? {} : { sigma }),
    }
  })
}
