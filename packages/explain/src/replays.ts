import { type Program, type Shape, sizeOf, type Tensor } from '@noisescope/core'
import type { Model } from '@noisescope/nn'
import type { Point, Points, Replay } from './explainer.ts'
import type { Programs } from './programs.ts'
import { gradientsOfSum } from './target-graph.ts'
import type { Target } from './targets.ts'
import { type TracedModel, traceModel } from './traced-model.ts'

/** Pixels that one replay takes at most, so that its activations stay within a few hundred megabytes. */
const PIXELS_PER_REPLAY = 2 ** 16
/** Images that one replay takes at most. */
const IMAGES_PER_REPLAY = 32

/** What is asked at every point of a question. */
export interface Asked {
  readonly target: Target
  /** Of one image, where a point has none of its own. */
  readonly weights: Float32Array
  /** Inputs that are the same at every point: as `sharedInputs` gives them. */
  readonly shared: Readonly<Record<string, Float32Array>>
  readonly progress: ReplayProgress
}

/** Is told of replays before and after they run; the first may throw, so that no more do. */
export interface ReplayProgress {
  start(count: number): void
  end(count: number): void
}

/** What a replay gives of each of its images: T, dT/dy with T, or f(y). */
export type Wanted = 'value' | 'gradient' | 'denoised'

const LEVEL: Shape = [1, 1, 1, 1]

/** Replays of a model over images of one size, batch by batch. */
export class Replays {
  readonly #programs: Programs
  readonly #model: Model
  readonly #symbolic: TracedModel
  /** Of one image. */
  readonly #size: number

  constructor(programs: Programs, symbolic: TracedModel) {
    this.#programs = programs
    this.#model = symbolic.model
    this.#symbolic = symbolic
    this.#size = sizeOf(symbolic.noisy.shape)
  }

  /** Runs the network over points and hands the results of each batch over, those of its last one without repeats. */
  async over(
    points: Points,
    wanted: Wanted,
    { target, weights, shared, progress }: Asked,
    take: (results: Readonly<Record<string, Float32Array>>, from: number, count: number) => void,
  ): Promise<void> {
    const batch = this.batchFor(points.count)
    const program = await this.#batchProgram(target, wanted, batch)
    progress.start(points.count)
    const images = new Float32Array(batch * this.#size)
    const weighed = new Float32Array(batch * weights.length)
    for (let from = 0; from < points.count; from += batch) {
      progress.start(0)
      const count = Math.min(batch, points.count - from)
      for (let i = 0; i < batch; i++) {
        // A batch that is not full repeats its last point.
        const point: Point = points.at(from + Math.min(i, count - 1))
        images.set(point.image, i * this.#size)
        weighed.set(point.weights ?? weights, i * weights.length)
      }
      const inputs = wanted === 'denoised' ? sigmaOnly(shared) : { ...shared, weights: weighed }
      take(await program.run({ noisy: images, ...inputs }), from, count)
      progress.end(count)
    }
  }

  /** An explainer's own program over this model, run once. */
  own(shared: Asked['shared'], progress: ReplayProgress): Replay {
    return async (key, inputs, trace, values) => {
      progress.start(1)
      const program = await this.#programs.get(`own ${key}`, { ...inputs, ...levelShape(this.#model) }, (symbols) =>
        trace(symbols, (images) => traceModel(this.#model, images, symbols.sigma)),
      )
      const results = await program.run({ ...values, ...sigmaOnly(shared) })
      progress.end(1)
      return results
    }
  }

  /** Images in a replay of `count`: a power of two, so that few programs serve all counts. */
  batchFor(count: number): number {
    const [, , height = 1, width = 1] = this.#symbolic.noisy.shape
    const most = Math.min(IMAGES_PER_REPLAY, Math.floor(PIXELS_PER_REPLAY / (width * height)))
    return Math.max(1, Math.min(2 ** Math.ceil(Math.log2(count)), 2 ** Math.floor(Math.log2(Math.max(most, 1)))))
  }

  #batchProgram(target: Target, wanted: Wanted, batch: number): Promise<Program> {
    const { shape } = this.#symbolic.noisy
    const noisy = [batch, ...shape.slice(1)]
    if (wanted === 'denoised') {
      return this.#programs.get(
        `denoised ${batch}`,
        { noisy, ...levelShape(this.#model) },
        ({ noisy: images, sigma }) => ({ denoised: traceModel(this.#model, images as Tensor, sigma).denoised }),
      )
    }
    return this.#programs.get(
      JSON.stringify([wanted, target.form, batch]),
      { noisy, weights: weightsShape(target, this.#symbolic, batch), ...sharedShapes(target, this.#symbolic) },
      (symbols) => {
        const model = traceModel(this.#model, symbols.noisy as Tensor, symbols.sigma)
        const value = target.value(model, symbols.weights as Tensor, symbols.clean)
        if (wanted === 'value') return { value }
        const [gradient] = gradientsOfSum(value, [model.noisy])
        return gradient === undefined ? { value } : { value, gradient }
      },
    )
  }
}

/** Shape of the weights of a target in a batch. */
export const weightsShape = (target: Target, symbolic: TracedModel, images: number): Shape => [
  images,
  ...target.tensor(symbolic).shape.slice(1),
]

/** Shapes of the inputs that are the same for all images of a batch. */
export const sharedShapes = (target: Target, { model, noisy }: TracedModel): Record<string, Shape> => ({
  ...levelShape(model),
  ...(target.needsClean ? { clean: noisy.shape } : {}),
})

/** Shape of the noise level, where a model is told it. */
export const levelShape = ({ takesSigma }: Model): Record<string, Shape> => (takesSigma ? { sigma: LEVEL } : {})

const sigmaOnly = ({ sigma }: Asked['shared']): Record<string, Float32Array> => (sigma === undefined ? {} : { sigma })
