import { InputError, inputTensor, type Shape, sameShape, showShape, type Tensor, type Variable } from '@noisescope/core'
import { countParameters, type ForwardOptions, type Layer, type Taps } from './layers.ts'
import type { StoredTensor } from './safetensors.ts'

/** A denoiser: named layers, and a forward function from noisy images [n, c, h, w] to its output. */
export interface Model {
  /** Name by which the command line and checkpoints call it. */
  readonly name: string
  /** Layers in the order in which they run. */
  readonly layers: readonly Layer[]
  /** Image channels that it takes and gives. */
  readonly channels: number
  /** What the forward function returns: the clean image, or the noise that is to be subtracted. */
  readonly output: 'clean' | 'residual'
  forward(noisy: Tensor, options?: ForwardOptions): Tensor
  /** Sizes that it can process: each side must be a multiple of `multiple` and is padded up to it. */
  readonly multiple: number
  /** Its forward function needs the noise level, `options.sigma`. */
  readonly takesSigma?: boolean
  /**
   * How many pixels away, along either axis, an input pixel can still change an output pixel; absent where all of the image
   * does. A tile's inside that is farther than this from its edges is that of the whole image.
   */
  readonly receptiveRadius?: number
  /** Tiles of an image must start at multiples of it, so that pixels fall into the same cells; 1 if absent. */
  readonly alignment?: number
}

/** What the optimiser changes, in order of the layers. */
export const parametersOf = (model: Model): Variable[] => model.layers.flatMap((layer) => layer.parameters)

/** Everything that a checkpoint of the model holds: parameters and running statistics. */
export const variablesOf = (model: Model): Variable[] =>
  model.layers.flatMap((layer) => [...layer.parameters, ...layer.statistics])

/** One line of a model's table. */
export interface LayerSummary {
  readonly name: string
  readonly kind: string
  /** [n, c, h, w] for an input of the summarised size. */
  readonly output: Shape
  readonly parameters: number
}

/** The layers with their output shapes for an input of n x c x h x w. @throws ShapeError when the input does not fit. */
export function layerSummaries(model: Model, input: Shape): LayerSummary[] {
  const taps: Taps = {}
  model.forward(inputTensor('noisy', input), { taps, sigma: 0 })
  return model.layers.map((layer) => ({
    name: layer.name,
    kind: layer.kind,
    output: taps[layer.name]?.shape ?? [],
    parameters: countParameters([layer]),
  }))
}

/** The model's table as text, as Keras prints it: layer (kind), output shape with channels last, parameters. */
export function summary(model: Model, input: Shape): string {
  const keras = ([, c, h, w]: Shape) => `(None, ${h}, ${w}, ${c})`
  const layers = layerSummaries(model, input)
  const rows = [
    ['Layer (type)', 'Output Shape', 'Param #'],
    ['input (InputLayer)', keras(input), '0'],
    ...layers.map(({ name, kind, output, parameters }) => [
      `${name} (${kind})`,
      keras(output),
      parameters.toLocaleString('en'),
    ]),
  ]
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const lines = rows.map(
    ([layer = '', shape = '', parameters = '']) =>
      `${layer.padEnd(width(0))}  ${shape.padEnd(width(1))}  ${parameters.padStart(width(2))}`,
  )
  const rule = '='.repeat(lines[0]?.length ?? 0)
  const [heading = '', ...body] = lines
  return [heading, rule, ...body, rule, `Total params: ${countParameters(model.layers).toLocaleString('en')}`].join(
    '\n',
  )
}

/** Differences that a refusal lists; where there are many more, the file is of another network. */
const MAX_LISTED = 8

/** The first of two lists, both of them where both have some, and how many more there are. */
function shortened(first: readonly string[], second: readonly string[]): string[] {
  const all = [...first, ...second]
  if (all.length <= MAX_LISTED + 1) return all
  const fromSecond = Math.min(second.length, Math.max(MAX_LISTED / 2, MAX_LISTED - first.length))
  const listed = [...first.slice(0, MAX_LISTED - fromSecond), ...second.slice(0, fromSecond)]
  return [...listed, `and ${all.length - listed.length} more`]
}

/**
 * Checks that stored tensors are this model's variables, and returns their values by variable.
 * @param storedName of a variable, where a file calls it otherwise than the model.
 * @throws InputError listing the first tensors that are missing, unexpected, misshapen, not finite or no variance.
 */
export function matchWeights(
  model: Model,
  tensors: ReadonlyMap<string, StoredTensor>,
  source: string,
  storedName: (name: string) => string = (name) => name,
): Map<Variable, Float32Array> {
  const problems: string[] = []
  const unexpected: string[] = []
  const values = new Map<Variable, Float32Array>()
  const expected = new Set<string>()
  for (const variable of variablesOf(model)) {
    const name = storedName(variable.name)
    expected.add(name)
    const stored = tensors.get(name)
    if (stored === undefined) problems.push(`missing ${name} ${showShape(variable.shape)}`)
    else if (!sameShape(stored.shape, variable.shape))
      problems.push(`${name} is ${showShape(stored.shape)}, expected ${showShape(variable.shape)}`)
    else if (stored.data.some((value) => !Number.isFinite(value))) problems.push(`${name} holds NaN or infinity`)
    else if (name.endsWith('running_var') && stored.data.some((value) => value < 0))
      problems.push(`${name} holds negative variances`)
    else values.set(variable, stored.data)
  }
  for (const [name, { shape }] of tensors)
    if (!expected.has(name)) unexpected.push(`unexpected ${name} ${showShape(shape)}`)
  if (problems.length + unexpected.length > 0) {
    const listed = shortened(problems, unexpected)
    throw new InputError(`${source} does not fit the model ${model.name}:\n  ${listed.join('\n  ')}`)
  }
  return values
}
