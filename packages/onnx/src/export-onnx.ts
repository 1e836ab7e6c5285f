import { InputError, inputNameOf, inputTensor, type Tensor, topological } from '@noisescope/core'
import { type Model, variablesOf } from '@noisescope/nn'
import { constantValues, type VariableValues } from './constants.ts'
import { foldedConvolution } from './fold-convolution.ts'
import { GraphBuilder, int, word } from './graph-builder.ts'
import { convolutionAttributes, emit } from './operators.ts'
import { encodeModel, type ValueProto } from './proto.ts'

/** Opset 17 (2022) and its file layout: old enough for phones, new enough for shapes that are free. */
const OPSET = 17
const IR_VERSION = 8

/** Side in pixels of the images that a network of any size is traced with; a multiple of every alignment. */
const TRACED_SIDE = 8

const HEIGHT_AND_WIDTH = [2, 3]

/** A model and its weights, for export. */
export interface OnnxExport {
  readonly model: Model
  /** Values of every variable of the model. */
  readonly values: VariableValues
  /** Notes that the file carries, such as the noise that the model was trained on. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A trained denoiser as an ONNX model (opset 17, float32), its biases and batch norm folded into the convolutions.
 *
 * Inputs: `noisy` [images, c, height, width] on the 0..1 scale, not clipped; for a model that is told the noise level `sigma`,
 * its standard deviation on the 0..1 scale, of any shape that broadcasts to [images, 1, height, width].
 * Output: `denoised`, of the shape of `noisy`, not clipped; where the network puts out the noise it is subtracted.
 * Height and width are free, unless the model takes one size only.
 *
 * @throws InputError when a value is missing or the model has an operation that is not known here.
 */
export function exportOnnx({ model, values, metadata = {} }: OnnxExport): Uint8Array {
  const missing = variablesOf(model).find((variable) => !values.has(variable))
  if (missing !== undefined) throw new InputError(`the export of ${model.name} is given no values of ${missing.name}`)
  const { channels, multiple, takesSigma = false, alignment = 1 } = model
  const anySize = multiple === 1
  const side = anySize ? TRACED_SIDE : multiple

  const noisy = inputTensor('noisy', [1, channels, side, side])
  const sigma = inputTensor('sigma', [1, 1, side, side])
  const output = model.forward(noisy, takesSigma ? { sigma } : {})

  const graph = new GraphBuilder()
  const cells = alignment === 1 ? wholeImage : cellsOf(graph, alignment)
  const names = new Map<Tensor, string>([[noisy, cells.padded('noisy')]])
  if (takesSigma) names.set(sigma, cells.padded(everyPixel(graph, 'sigma')))
  const result = cells.cropped(emitGraph(graph, output, names, values))
  if (model.output === 'residual') graph.node('Sub', ['noisy', result], {}, { output: 'denoised' })
  else graph.node('Identity', [result], {}, { output: 'denoised' })

  const image: ValueProto['shape'] = ['images', channels, ...(anySize ? (['height', 'width'] as const) : [side, side])]
  const level: ValueProto = {
    name: 'sigma',
    shape: ['levels', 1, 'level_height', 'level_width'],
    description: 'standard deviation of the noise, 0..1, for all, each image or each pixel',
  }
  return encodeModel({
    irVersion: IR_VERSION,
    opset: OPSET,
    producer: 'noisescope',
    description: `${model.name}: a denoiser of images on the 0..1 scale`,
    metadata,
    graph: {
      name: model.name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [
        { name: 'noisy', shape: image, description: 'noisy images, 0..1, not clipped' },
        ...(takesSigma ? [level] : []),
      ],
      outputs: [{ name: 'denoised', shape: image, description: 'denoised images, not clipped' }],
    },
  })
}

/** Emits what `output` needs beyond the tensors that have a name already. */
function emitGraph(graph: GraphBuilder, output: Tensor, names: Map<Tensor, string>, variables: VariableValues): string {
  const constants = constantValues([output], variables)
  const uses = new Map<Tensor, number>()
  for (const { inputs } of topological([output])) for (const x of inputs) uses.set(x, (uses.get(x) ?? 0) + 1)

  const nameOf = (tensor: Tensor): string => {
    const known = names.get(tensor)
    if (known !== undefined) return known
    const name = emitted(tensor)
    names.set(tensor, name)
    return name
  }
  const emitted = (tensor: Tensor): string => {
    const constant = constants.get(tensor)
    if (constant !== undefined) return graph.floats(tensor.layer || 'constant', constant.shape, constant.data)
    const input = inputNameOf(tensor)
    if (input !== undefined) throw new InputError(`the export has no input ${input}`)
    const folded = foldedConvolution(tensor, { constants, uses })
    if (folded === undefined) return emit(graph, tensor.inputs.map(nameOf), tensor)
    const { convolution, x, weights, bias } = folded
    const { layer } = convolution
    const inputs = [nameOf(x), graph.floats(`${layer}.weight`, weights.shape, weights.data)]
    if (bias !== undefined) inputs.push(graph.floats(`${layer}.bias`, [bias.length], bias))
    const attributes = convolutionAttributes(convolution.attributes as Parameters<typeof convolutionAttributes>[0])
    return graph.node('Conv', inputs, attributes, { layer })
  }
  return nameOf(output)
}

/** The level at every pixel of `noisy`: [images, 1, height, width]. */
function everyPixel(graph: GraphBuilder, level: string): string {
  const images = graph.node('Shape', ['noisy'], { start: int(0), end: int(1) })
  const size = graph.node('Shape', ['noisy'], { start: int(2) })
  const shape = graph.node('Concat', [images, graph.wholes('one', [1]), size], { axis: int(0) })
  return graph.node('Expand', [level, shape])
}

/** How an image gets a size that the network can take, and its output that of the image. */
interface Cells {
  padded(image: string): string
  cropped(image: string): string
}

const wholeImage: Cells = { padded: (image) => image, cropped: (image) => image }

/**
 * Pads at the bottom and right to sides that are multiples of `multiple`, repeating the edge, by (-size) mod multiple; and cuts
 * the result to the size of `noisy`.
 */
function cellsOf(graph: GraphBuilder, multiple: number): Cells {
  const size = graph.node('Shape', ['noisy'], { start: int(2) })
  const missing = graph.node('Mod', [graph.node('Neg', [size]), graph.wholes('multiple', [multiple])])
  const pads = graph.node('Concat', [graph.wholes('no_pad', [0, 0, 0, 0, 0, 0]), missing], { axis: int(0) })
  return {
    padded: (image) => graph.node('Pad', [image, pads], { mode: word('edge') }),
    cropped: (image) => {
      const [corner, axes] = [graph.wholes('corner', [0, 0]), graph.wholes('height_and_width', HEIGHT_AND_WIDTH)]
      return graph.node('Slice', [image, corner, size, axes])
    },
  }
}
