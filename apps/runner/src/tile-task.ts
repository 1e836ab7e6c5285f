import { type Device, InputError } from '@noisescope/core'
import { measureLocationInstability } from '@noisescope/explain'
import { loadDataset } from '@noisescope/images/node'
import { noiseText, type TileModelKind } from '@noisescope/models'
import { adam, cosineSchedule, type Model, parametersOf } from '@noisescope/nn'
import { addNoise, defaultNoise } from '@noisescope/noise'
import { compileDenoiser } from './denoiser.ts'
import { evaluate, evaluationLines, type Sample } from './evaluation.ts'
import type { ExplainedImage } from './explained-image.ts'
import { networkOptions } from './network-flags.ts'
import { noiseFrom } from './noise-options.ts'
import { writeFigures } from './run-figures.ts'
import { samplesOf, shownSamples, trainingDataOf } from './samples.ts'
import type { Session } from './session.ts'
import type { TrainOptions } from './train.ts'
import { interpretableTraining, type TrainingTask } from './training-task.ts'
import { validator } from './validation.ts'

/** Times through the training images, and minutes after which a run ends that asks for no other limit. */
const USUAL = { epochs: 2, maxMinutes: 5, testImages: 1000 } as const
/** Rows of the comparison strip. */
const SHOWN = 6

/** A model for small images, trained on a data set of them. @throws InputError when flags and images do not fit. */
export async function tileTask(kind: TileModelKind, options: TrainOptions, session: Session): Promise<TrainingTask> {
  const { batchSize = kind.recipe.batchSize, learningRate = kind.recipe.learningRate } = options
  const { epochs = USUAL.epochs, finalLearningRate = learningRate } = options
  const network = networkOptions(kind, options)
  const dataset = await loadDataset(options.dataset ?? 'fashion-mnist', options)
  const noise = noiseFrom(options, defaultNoise('salt-and-pepper'))
  const data = trainingDataOf(dataset.train, kind, batchSize, options.trainImages)
  const model = kind.build(network, options.seed)
  const interpretable = interpretableTraining(model, [batchSize, ...data.shape], options)
  const loss = kind.loss(network)
  const samples = samplesOf(dataset.test, noise, options.seed, options.testImages ?? USUAL.testImages)
  return {
    kind,
    model,
    options: network,
    noise,
    dataset,
    images: `${data.count} images (${dataset.source})`,
    run: {
      data,
      corrupt: (clean, key) => addNoise(clean, noise, key),
      loss,
      optimiser: adam(parametersOf(model), { eps: kind.recipe.adamEps }),
      schedule: cosineSchedule(learningRate, finalLearningRate, epochs),
      batchSize,
      epochs,
      ...interpretable.run,
    },
    lossName: kind.lossName(network),
    settings: { 'learning rate': String(learningRate), 'final learning rate': String(finalLearningRate) },
    maxMinutes: options.maxMinutes ?? USUAL.maxMinutes,
    notes: { learningRate, finalLearningRate, ...interpretable.notes },
    shown: { ...firstOf(samples, dataset.name), noise },
    validate: validator({ session, model, loss, samples, shape: [1, kind.tile, kind.tile] }),
    measure: async (device, folder) => {
      using denoiser = await compileDenoiser(device, model, kind.tile)
      const { evaluation, denoised } = await evaluate(denoiser, samples)
      const { layers, summary } = await writeFigures(folder, {
        ...shownSamples(dataset.test, samples, denoised, SHOWN),
        device,
        kind,
        model,
        noise,
        dead: denoiser.deadChannels.byLayer,
        source: `${dataset.name} test images`,
      })
      const located = await locations(device, model, kind.tile, { layers: interpretable.layers, samples })
      return {
        lines: [...evaluationLines(evaluation, `${dataset.name} held out, ${noiseText(noise)}`), ...located.lines],
        metrics: { ...evaluation, ...located.metrics },
        notes: { ...evaluation.denoised },
        layers,
        figures: summary,
      }
    },
  }
}

/** The first held-out image. */
function firstOf([sample]: readonly Sample[], dataset: string): Omit<ExplainedImage, 'noise'> {
  if (sample === undefined) throw new InputError('there is no held-out image; expected at least one')
  const { name, clean, noisy, sigma } = sample
  return { name: `${dataset} test ${name}`, clean, noisy, sigma, part: undefined }
}

/** How stably filters of layers are placed on the object of the samples, for people and for programs; nothing without layers. */
async function locations(
  device: Device,
  model: Model,
  side: number,
  { layers, samples }: { readonly layers: readonly string[]; readonly samples: readonly Sample[] },
): Promise<{ readonly lines: readonly string[]; readonly metrics: object }> {
  if (layers.length === 0) return { lines: [], metrics: {} }
  const images = samples.map(({ clean, noisy }) => ({ clean: clean.data, noisy: noisy.data }))
  const found = await measureLocationInstability(device, model, { width: side, height: side }, { layers, images })
  const digits = (value: number | null): string => (value === null ? 'none' : value.toFixed(4))
  const lines = Object.entries(found).map(([layer, { mean, nearPeak, counted, filters }]) => {
    const near = nearPeak === null ? '' : `, with ${(100 * nearPeak).toFixed(0)}% of what they put out near their peak`
    return `  ${layer}: ${digits(mean)}; ${counted} of ${filters.length} filters fire in two images or more${near}`
  })
  const [{ fixedPlace, anyObjectPixel } = { fixedPlace: null, anyObjectPixel: null }] = Object.values(found).map(
    ({ references }) => references,
  )
  return {
    lines: [
      "Location instability of filters, of the image's diagonal (0: a fixed place on the object):",
      ...lines,
      `  For comparison: ${digits(fixedPlace)} one that always fires in the middle of the image, ${digits(anyObjectPixel)} one that fires anywhere on the object.`,
    ],
    metrics: { locationInstability: found },
  }
}
