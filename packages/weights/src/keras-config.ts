import { parsedJson } from '@noisescope/core'
import type { StoredLayer } from '@noisescope/nn'
import type { Refuse } from './refusal.ts'

/** A layer of a Keras model as its configuration describes it. */
export interface KerasLayer {
  /** How Keras 3 names it in files of weights, behind the models that it is in: [functional, conv2d_1]. */
  readonly path: readonly string[]
  /** Its own name, behind those of the models that it is in, as Keras 2 has it in files. */
  readonly names: readonly string[]
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}

/** Models in models that are looked into. */
const MAX_DEPTH = 16

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The layers of a model's configuration in their order, those of models within it in their place; none where a model is
 * described by a class of its own.
 * @throws the refusal, when it is no JSON or models lie too deep in models.
 */
export function kerasLayers(text: string, refuse: Refuse): KerasLayer[] {
  const layers: KerasLayer[] = []
  const walk = (model: Json, path: readonly string[], names: readonly string[], depth: number): void => {
    if (depth > MAX_DEPTH) refuse(`its models lie more than ${MAX_DEPTH} deep in models`)
    const { config } = model
    const inner: unknown = isObject(config) ? config.layers : config
    const counts = new Map<string, number>()
    for (const layer of Array.isArray(inner) ? inner : []) {
      if (!isObject(layer) || typeof layer.class_name !== 'string' || !isObject(layer.config)) continue
      // Keras 3 counts the layers of a class in the model: conv2d, conv2d_1.
      const kind = snakeCase(layer.class_name)
      const count = counts.get(kind) ?? 0
      counts.set(kind, count + 1)
      const own = [...path, count === 0 ? kind : `${kind}_${count}`]
      const ownNames = [...names, typeof layer.config.name === 'string' ? layer.config.name : kind]
      if (Array.isArray(layer.config.layers)) walk(layer, own, ownNames, depth + 1)
      else layers.push({ path: own, names: ownNames, className: layer.class_name, config: layer.config })
    }
  }
  walk(parsed(text, refuse), [], [], 0)
  return layers
}

function parsed(text: string, refuse: Refuse): Json {
  const value = parsedJson(text, (finding) => refuse(`its configuration ${finding}`))
  return isObject(value) ? value : refuse('its configuration is no JSON object')
}

/** As Keras derives names from classes: Conv2D is conv2d, BatchNormalization batch_normalization. */
export const snakeCase = (name: string): string =>
  name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** Classes that change nothing when a trained network runs, or take its result from the image, as our models do themselves. */
const IDLE = new Set(['InputLayer', 'Subtract', 'Dropout', 'SpatialDropout2D', 'GaussianNoise', 'Identity'])

/** What our models have to know of a layer. @param name as its tensors have it. */
export function storedLayer({ className, config }: KerasLayer, name: string): StoredLayer {
  const called = className.slice(0, 40)
  if (className === 'Conv2D') {
    const dilation = pairOf(config.dilation_rate ?? 1)
    const unusual = unusualConvolution(config)
    return {
      name,
      called,
      kind: 'convolution',
      ...(dilation === undefined ? {} : { dilation }),
      ...(unusual === undefined ? {} : { unusual }),
    }
  }
  if (className === 'BatchNormalization') {
    const { epsilon } = config
    return { name, called, kind: 'batch-norm', eps: typeof epsilon === 'number' ? epsilon : KERAS_EPSILON }
  }
  const isRelu = className === 'ReLU' || (className === 'Activation' && config.activation === 'relu')
  const isIdle = IDLE.has(className) || (className === 'Activation' && config.activation === 'linear')
  return { name, called, kind: isRelu ? 'relu' : isIdle ? 'none' : 'other' }
}

/** What Keras' batch norm adds to variances where it is not told otherwise. */
export const KERAS_EPSILON = 1e-3

/** The number that both of a pair are, or that stands for both. */
function pairOf(value: unknown): number | undefined {
  const [first, ...others] = Array.isArray(value) ? (value as unknown[]) : [value]
  return typeof first === 'number' && others.every((other) => other === first) ? first : undefined
}

/** What of a Conv2D no chain of convolutions here has. */
function unusualConvolution(config: Json): string | undefined {
  const { strides = 1, padding = 'same', groups = 1, activation = 'linear' } = config
  if (pairOf(strides) !== 1) return 'strides other than 1'
  if (padding !== 'same') return `padding ${String(padding).slice(0, 20)}`
  if (groups !== 1) return 'groups'
  if (pairOf(config.dilation_rate ?? 1) === undefined) return 'a dilation that differs by axis'
  const isKnown = activation === 'linear' || activation === 'relu'
  return isKnown
    ? undefined
    : `the activation ${String(isObject(activation) ? activation.class_name : activation).slice(0, 20)}`
}

/** How a whole autoencoder ends: what the last convolution of a model that pools puts out; undefined of other models. */
export function autoencoderEnd(layers: readonly KerasLayer[]): 'sigmoid' | 'linear' | undefined {
  if (!layers.some(({ className }) => className === 'MaxPooling2D')) return undefined
  const last = layers.findLastIndex(({ className }) => className === 'Conv2D')
  const behind = layers.slice(last + 1).find(({ className }) => className === 'Activation')
  const activation = behind?.config.activation ?? layers[last]?.config.activation
  return activation === 'sigmoid' || activation === 'linear' ? activation : undefined
}
