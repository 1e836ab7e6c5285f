import { type Device, InputError, inputTensor, type Program, type Shape, sizeOf, type Tensor } from '@noisescope/core'
import type { Model } from '@noisescope/nn'
import type { ExplainContext, Explainer, Explanation, Point, Points, Replay } from './explainer.ts'
import { gradientsOfSum, traceTarget } from './target-graph.ts'
import type { Target } from './targets.ts'
import { batchShape, layerOf, type Size, type TracedModel, traceModel } from './traced-model.ts'

/** What is explained: one image and a target in it. */
export interface Subject {
  /** y, [c, h, w] on the 0..1 scale, not clipped. */
  readonly noisy: Float32Array
  /** x, where it is known. */
  readonly clean?: Float32Array | undefined
  /** Standard deviation of the noise on the 0..1 scale: for models that are told it. */
  readonly sigma?: number | undefined
  readonly target: Target
}

export interface ExplainOptions {
  /** Layers that maps of layers are wanted of; all where not given. */
  readonly layers?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Called as replays of a method come back; `total` is what is known to be needed so far. */
  readonly onProgress?: ((progress: { method: string; done: number; total: number }) => void) | undefined
}

/** Pixels that one replay takes at most, so that its activations stay within a few hundred megabytes. */
const PIXELS_PER_REPLAY = 2 ** 16
/** Images that one replay takes at most. */
const IMAGES_PER_REPLAY = 32

/** Targets that answer below this share of the gradient have been swallowed by the network's end. */
const SATURATED_SLOPE = 1e-3

/**
 * Explains a model on images of one size. Programs are compiled once for each kind of question and replayed for every image,
 * pixel or region that is asked about. The model's variables are read on the device, as they are at each call.
 */
export class ExplainSession implements Disposable {
  readonly #device: Device
  readonly #model: Model
  readonly #size: Size
  readonly #shape: Shape
  readonly #symbolic: TracedModel
  readonly #programs = new Map<string, Promise<Program>>()

  /** @throws InputError when the model does not take images of this size. */
  constructor(device: Device, model: Model, size: Size) {
    this.#device = device
    this.#model = model
    this.#size = size
    this.#shape = batchShape(model, size, 1)
    this.#symbolic = traceModel(model, inputTensor('noisy', this.#shape), this.#level())
  }

  get model(): Model {
    return this.#model
  }

  /** Where the model's variables are. */
  get device(): Device {
    return this.#device
  }

  /** Shapes [1, c, h, w] of what the layers put out, in their order. */
  get layers(): ReadonlyMap<string, Shape> {
    return new Map([...this.#symbolic.layers].map(([name, { shape }]) => [name, shape]))
  }

  /**
   * Explains one image by several methods: what they ask of the image itself is computed in one replay.
   * @throws InputError when the subject does not fit the model, or a layer does not exist; the signal's reason when aborted.
   */
  async explain(
    subject: Subject,
    explainers: readonly Explainer[],
    { layers = [...this.#symbolic.layers.keys()], signal, onProgress }: ExplainOptions = {},
  ): Promise<Explanation[]> {
    this.#check(subject, layers)
    signal?.throwIfAborted()
    const { target } = subject
    const shared = this.#sharedInputs(subject)
    const weights = target.weights(target.tensor(this.#symbolic).shape)
    const traced = await this.#traced(subject, explainers, layers, { ...shared, weights })
    const [value = Number.NaN] = traced.target ?? []
    const [inner = 1, outer = 1] = [traced.innerSlope?.[0], traced.outerSlope?.[0]]
    const saturated = outer > 0 && inner < SATURATED_SLOPE * outer

    const explanations: Explanation[] = []
    for (const [i, explainer] of explainers.entries()) {
      const { name: method, title, options } = explainer
      let [done, total] = [0, 0]
      const replays = {
        start: (count: number): void => {
          signal?.throwIfAborted()
          total += count
        },
        end: (count: number): void => {
          done += count
          onProgress?.({ method, done, total })
        },
      }
      const { heldWeights } = traced
      const context = this.#context(subject, layers, {
        value,
        saturated,
        weights,
        heldWeights,
        shared,
        replays,
        signal,
      })
      const own = Object.entries(traced).flatMap(([key, values]): [string, Float32Array][] =>
        key.startsWith(`${i}.`) ? [[key.slice(`${i}.`.length), values]] : [],
      )
      const findings = await explainer.explain(context, Object.fromEntries(own))
      explanations.push({ method, title, options, target, value, ...findings })
    }
    return explanations
  }

  /** f(y), [c, h, w]. @throws InputError when the subject does not fit the model. */
  async denoised(subject: Subject): Promise<Float32Array> {
    this.#check(subject, [])
    const { sigma } = this.#sharedInputs(subject)
    const program = await this.#batchProgram(subject.target, 'denoised', 1)
    const { denoised = new Float32Array() } = await program.run({
      noisy: subject.noisy,
      ...(sigma === undefined ? {} : { sigma }),
    })
    return denoised
  }

  #check({ noisy, clean, sigma, target }: Subject, layers: readonly string[]): void {
    const { width, height } = this.#size
    const expected = sizeOf(this.#shape)
    for (const [name, image] of Object.entries({ noisy, clean })) {
      if (image === undefined) continue
      if (image.length !== expected) {
        throw new InputError(
          `the ${name} image has ${image.length} values; expected ${expected} for ${this.#model.channels} channels of ${width}x${height}`,
        )
      }
      const bad = image.findIndex((each) => !Number.isFinite(each))
      if (bad >= 0) throw new InputError(`value ${bad} of the ${name} image is ${image[bad]}; expected finite values`)
    }
    if (this.#model.takesSigma && !(sigma !== undefined && sigma >= 0 && sigma <= 1)) {
      throw new InputError(
        `the ${this.#model.name} must be told the noise level; expected sigma from 0 to 1, got ${sigma}`,
      )
    }
    if (target.needsClean && clean === undefined) {
      throw new InputError(`the target "${target.text}" is a distance to the clean image, which is not given`)
    }
    for (const layer of layers) layerOf(this.#symbolic, layer)
  }

  #level(): Tensor | undefined {
    return this.#model.takesSigma ? inputTensor('sigma', [1, 1, 1, 1]) : undefined
  }

  /** Inputs that are the same at every point of a question. */
  #sharedInputs({ clean, sigma, target }: Subject): Record<string, Float32Array> {
    return {
      ...(this.#model.takesSigma ? { sigma: Float32Array.of(sigma ?? 0) } : {}),
      ...(target.needsClean && clean !== undefined ? { clean } : {}),
    }
  }

  #sharedShapes(target: Target): Record<string, Shape> {
    return {
      ...(this.#model.takesSigma ? { sigma: [1, 1, 1, 1] } : {}),
      ...(target.needsClean ? { clean: this.#shape } : {}),
    }
  }

  #weightsShape(target: Target, images: number): Shape {
    return [images, ...target.tensor(this.#symbolic).shape.slice(1)]
  }

  #imagesShape(images: number): Shape {
    return [images, ...this.#shape.slice(1)]
  }

  /** Computes what all explainers trace at the image itself. */
  async #traced(
    { noisy, target }: Subject,
    explainers: readonly Explainer[],
    layers: readonly string[],
    inputs: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>> {
    const methods = explainers.map(({ name, options }) => ({ name, options }))
    const program = await this.#program(
      JSON.stringify(['at the image', target.form, layers, methods]),
      { noisy: this.#shape, weights: this.#weightsShape(target, 1), ...this.#sharedShapes(target) },
      (symbols) => {
        const model = traceModel(this.#model, symbols.noisy as Tensor, symbols.sigma)
        const { graph, slopes } = traceTarget(model, target, { weights: symbols.weights as Tensor, ...symbols }, layers)
        const outputs: Record<string, Tensor> = { target: graph.target, ...slopes }
        const held = target.held?.weights(model, symbols.weights as Tensor)
        if (held !== undefined) outputs.heldWeights = held
        for (const [i, explainer] of explainers.entries()) {
          for (const [name, tensor] of Object.entries(explainer.trace?.(graph) ?? {})) outputs[`${i}.${name}`] = tensor
        }
        return outputs
      },
    )
    return program.run({ noisy, ...inputs })
  }

  #context(
    subject: Subject,
    layers: readonly string[],
    common: {
      value: number
      saturated: boolean
      weights: Float32Array
      heldWeights: Float32Array | undefined
      shared: Readonly<Record<string, Float32Array>>
      replays: { start(count: number): void; end(count: number): void }
      signal: AbortSignal | undefined
    },
  ): ExplainContext {
    const { noisy, clean, sigma, target } = subject
    const { value, saturated, weights, heldWeights, shared, replays, signal } = common
    const shapes = this.layers
    const asked = { target, weights, shared, replays }
    const replay: Replay = async (key, inputs, trace, values) => {
      replays.start(1)
      const level: Record<string, Shape> = this.#model.takesSigma ? { sigma: [1, 1, 1, 1] } : {}
      const program = await this.#program(`own ${key}`, { ...inputs, ...level }, (symbols) =>
        trace(symbols, (images) => traceModel(this.#model, images, symbols.sigma)),
      )
      const results = await program.run({
        ...values,
        ...(shared.sigma === undefined ? {} : { sigma: shared.sigma }),
      })
      replays.end(1)
      return results
    }
    const context: ExplainContext = {
      ...this.#size,
      channels: this.#model.channels,
      layers: new Map(layers.flatMap((name) => (shapes.has(name) ? [[name, shapes.get(name) as Shape]] : []))),
      noisy,
      hasClean: clean !== undefined,
      clean: (method) => {
        if (clean !== undefined) return clean
        throw new InputError(`${method} starts from the clean image, which is not given`)
      },
      sigma,
      target,
      weights,
      symbolic: this.#symbolic,
      value,
      saturated,
      values: async (points) => {
        const all = new Float32Array(points.count)
        await this.#replayed(points, 'value', asked, ({ value: values }, from, count) => {
          all.set((values ?? new Float32Array()).subarray(0, count), from)
        })
        return all
      },
      gradients: (points, each) =>
        this.#replayed(points, 'gradient', asked, ({ value: values, gradient }, from, count) => {
          for (let i = 0; i < count; i++) each(this.#imageOf(gradient, i), values?.[i] ?? Number.NaN, from + i)
        }),
      denoised: (points, each) =>
        this.#replayed(points, 'denoised', asked, ({ denoised }, from, count) => {
          for (let i = 0; i < count; i++) each(this.#imageOf(denoised, i), from + i)
        }),
      get held() {
        return held ?? context
      },
      batchFor: (count) => this.#batchFor(count),
      replay,
      signal,
    }
    const held =
      target.held === undefined || heldWeights === undefined
        ? undefined
        : this.#context({ ...subject, target: target.held.target }, layers, { ...common, weights: heldWeights })
    return context
  }

  #imageOf(images: Float32Array | undefined, index: number): Float32Array {
    const size = sizeOf(this.#shape)
    return (images ?? new Float32Array()).subarray(index * size, (index + 1) * size)
  }

  /** Runs the network over points, batch by batch. */
  async #replayed(
    points: Points,
    wanted: 'value' | 'gradient' | 'denoised',
    {
      target,
      weights,
      shared,
      replays,
    }: {
      target: Target
      weights: Float32Array
      shared: Readonly<Record<string, Float32Array>>
      replays: { start(count: number): void; end(count: number): void }
    },
    take: (results: Readonly<Record<string, Float32Array>>, from: number, count: number) => void,
  ): Promise<void> {
    const batch = this.#batchFor(points.count)
    const program = await this.#batchProgram(target, wanted, batch)
    replays.start(points.count)
    const images = new Float32Array(batch * sizeOf(this.#shape))
    const weighed = new Float32Array(batch * weights.length)
    for (let from = 0; from < points.count; from += batch) {
      replays.start(0)
      const count = Math.min(batch, points.count - from)
      for (let i = 0; i < batch; i++) {
        // A batch that is not full repeats its last point.
        const point: Point = points.at(from + Math.min(i, count - 1))
        images.set(point.image, i * sizeOf(this.#shape))
        weighed.set(point.weights ?? weights, i * weights.length)
      }
      const inputs = wanted === 'denoised' ? sigmaOnly(shared) : { ...shared, weights: weighed }
      take(await program.run({ noisy: images, ...inputs }), from, count)
      replays.end(count)
    }
  }

  /** Images in a replay of `count`: a power of two, so that few programs serve all counts. */
  #batchFor(count: number): number {
    const most = Math.min(IMAGES_PER_REPLAY, Math.floor(PIXELS_PER_REPLAY / (this.#size.width * this.#size.height)))
    return Math.max(1, Math.min(2 ** Math.ceil(Math.log2(count)), 2 ** Math.floor(Math.log2(Math.max(most, 1)))))
  }

  #batchProgram(target: Target, wanted: 'value' | 'gradient' | 'denoised', batch: number): Promise<Program> {
    const noisy = this.#imagesShape(batch)
    const level: Record<string, Shape> = this.#model.takesSigma ? { sigma: [1, 1, 1, 1] } : {}
    if (wanted === 'denoised') {
      return this.#program(`denoised ${batch}`, { noisy, ...level }, ({ noisy: y, sigma }) => ({
        denoised: traceModel(this.#model, y as Tensor, sigma).denoised,
      }))
    }
    return this.#program(
      JSON.stringify([wanted, target.form, batch]),
      { noisy, weights: this.#weightsShape(target, batch), ...this.#sharedShapes(target) },
      (symbols) => {
        const model = traceModel(this.#model, symbols.noisy as Tensor, symbols.sigma)
        const value = target.value(model, symbols.weights as Tensor, symbols.clean)
        if (wanted === 'value') return { value }
        const [gradient] = gradientsOfSum(value, [model.noisy])
        return gradient === undefined ? { value } : { value, gradient }
      },
    )
  }

  /** The program of a key, compiled when it is first asked for. */
  #program(
    key: string,
    inputs: Readonly<Record<string, Shape>>,
    trace: (symbols: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
  ): Promise<Program> {
    const known = this.#programs.get(key)
    if (known !== undefined) return known
    const program = this.#device.compile(trace, inputs) as Promise<Program>
    this.#programs.set(key, program)
    // A compilation that failed is tried again when it is asked for again.
    program.catch(() => this.#programs.delete(key))
    return program
  }

  [Symbol.dispose](): void {
    for (const program of this.#programs.values()) program.then((each) => each[Symbol.dispose]()).catch(() => {})
    this.#programs.clear()
  }
}

const sigmaOnly = ({ sigma }: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> =>
  sigma === undefined ? {} : { sigma }
