import { type Device, inputTensor, type Shape, type Tensor } from '@noisescope/core'
import type { Model } from '@noisescope/nn'
import { contextOf } from './context.ts'
import type { Explainer, Explanation } from './explainer.ts'
import { Programs } from './programs.ts'
import { levelShape, Replays, sharedShapes, weightsShape } from './replays.ts'
import { checkClean, checkImage, type Subject, type SubjectImage } from './subject.ts'
import { traceTarget } from './target-graph.ts'
import { batchShape, layerOf, type Size, type TracedModel, traceModel } from './traced-model.ts'

export interface ExplainOptions {
  /** Layers that maps of layers are wanted of; all where not given. */
  readonly layers?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Called as replays of a method come back; `total` is what is known to be needed so far. */
  readonly onProgress?: ((progress: { method: string; done: number; total: number }) => void) | undefined
}

/** What a network makes of an image. */
export interface ForwardPass {
  /** f(y), [c, h, w]. */
  readonly denoised: Float32Array
  /** What the layers that were asked about put out, [c, h, w], in their order. */
  readonly activations: ReadonlyMap<string, Float32Array>
}

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
  readonly #programs: Programs
  readonly #replays: Replays

  /** @throws InputError when the model does not take images of this size. */
  constructor(device: Device, model: Model, size: Size) {
    this.#device = device
    this.#model = model
    this.#size = size
    this.#shape = batchShape(model, size, 1)
    const level = model.takesSigma ? inputTensor('sigma', [1, 1, 1, 1]) : undefined
    this.#symbolic = traceModel(model, inputTensor('noisy', this.#shape), level)
    this.#programs = new Programs(device)
    this.#replays = new Replays(this.#programs, this.#symbolic)
  }

  get model(): Model {
    return this.#model
  }

  /** Where the model's variables are. */
  get device(): Device {
    return this.#device
  }

  /** Of the images that it explains. */
  get size(): Size {
    return this.#size
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
    checkImage(subject, this.#model, this.#shape)
    checkClean(subject)
    for (const layer of layers) layerOf(this.#symbolic, layer)
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
      const progress = {
        start: (count: number): void => {
          signal?.throwIfAborted()
          total += count
        },
        end: (count: number): void => {
          done += count
          onProgress?.({ method, done, total })
        },
      }
      const context = contextOf({
        subject,
        symbolic: this.#symbolic,
        replays: this.#replays,
        layers,
        weights: { own: weights, held: traced.heldWeights },
        shared,
        value,
        saturated,
        progress,
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

  /**
   * What the network makes of an image, and what layers put out on the way, in one replay.
   * @throws InputError when the image does not fit the model, or a layer does not exist.
   */
  async forward(image: SubjectImage, layers: readonly string[] = []): Promise<ForwardPass> {
    checkImage(image, this.#model, this.#shape)
    for (const layer of layers) layerOf(this.#symbolic, layer)
    const inputs = { noisy: this.#shape, ...levelShape(this.#model) }
    const program = await this.#programs.get(JSON.stringify(['forward', layers]), inputs, ({ noisy, sigma }) => {
      const model = traceModel(this.#model, noisy as Tensor, sigma)
      return {
        denoised: model.denoised,
        ...Object.fromEntries(layers.map((name) => [`layer ${name}`, layerOf(model, name)])),
      }
    })
    const { denoised = new Float32Array(), ...others } = await program.run({
      noisy: image.noisy,
      ...this.#level(image),
    })
    return {
      denoised,
      activations: new Map(layers.map((name) => [name, others[`layer ${name}`] ?? new Float32Array()])),
    }
  }

  /** f(y), [c, h, w]. @throws InputError when the image does not fit the model. */
  async denoised(image: SubjectImage): Promise<Float32Array> {
    return (await this.forward(image)).denoised
  }

  #level({ sigma }: SubjectImage): Record<string, Float32Array> {
    return this.#model.takesSigma ? { sigma: Float32Array.of(sigma ?? 0) } : {}
  }

  /** Inputs that are the same at every point of a question. */
  #sharedInputs(subject: Subject): Record<string, Float32Array> {
    const { clean, target } = subject
    return { ...this.#level(subject), ...(target.needsClean && clean !== undefined ? { clean } : {}) }
  }

  /** Computes what all explainers trace at the image itself. */
  async #traced(
    { noisy, target }: Subject,
    explainers: readonly Explainer[],
    layers: readonly string[],
    inputs: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>> {
    const methods = explainers.map(({ name, options }) => ({ name, options }))
    const program = await this.#programs.get(
      JSON.stringify(['at the image', target.form, layers, methods]),
      {
        noisy: this.#shape,
        weights: weightsShape(target, this.#symbolic, 1),
        ...sharedShapes(target, this.#symbolic),
      },
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

  [Symbol.dispose](): void {
    this.#programs[Symbol.dispose]()
  }
}
