import {
  type ConcatAttributes,
  type Conv2dAttributes,
  InputError,
  type PoolAttributes,
  type ShuffleAttributes,
  type Tensor,
  type UpsampleAttributes,
} from '@noisescope/core'
import { type GraphBuilder, int, ints, word } from './graph-builder.ts'
import type { NodeProto } from './proto.ts'

type Padding = Conv2dAttributes['padding']

const sides = ({ top, left, bottom, right }: Padding) => ints(top, left, bottom, right)

/** Attributes of a convolution; its kernel's size follows from its weights. */
export const convolutionAttributes = ({ stride, dilation, padding }: Conv2dAttributes): NodeProto['attributes'] => ({
  strides: ints(...stride),
  dilations: ints(...dilation),
  pads: sides(padding),
})

const poolAttributes = ({ size, stride, padding }: PoolAttributes): NodeProto['attributes'] => ({
  kernel_shape: ints(...size),
  strides: ints(...stride),
  pads: sides(padding),
})

/** Adds what a tensor's operation is in ONNX. @returns the name of the value. */
type Emit = (graph: GraphBuilder, inputs: readonly string[], tensor: Tensor) => string

const same =
  (operator: string): Emit =>
  (graph, inputs, { layer }) =>
    graph.node(operator, inputs, {}, { layer })

/** The operations of our networks, by name. */
const EMITTERS: Readonly<Record<string, Emit>> = {
  add: same('Add'),
  sub: same('Sub'),
  mul: same('Mul'),
  div: same('Div'),
  relu: same('Relu'),
  sigmoid: same('Sigmoid'),
  tanh: same('Tanh'),
  leakyRelu: (graph, inputs, { attributes, layer }) =>
    graph.node('LeakyRelu', inputs, { alpha: { float: (attributes as { slope: number }).slope } }, { layer }),
  elu: (graph, inputs, { attributes, layer }) =>
    graph.node('Elu', inputs, { alpha: { float: (attributes as { alpha: number }).alpha } }, { layer }),
  conv2d: (graph, inputs, { attributes, layer }) =>
    graph.node('Conv', inputs, convolutionAttributes(attributes as Conv2dAttributes), { layer }),
  concat: (graph, inputs, { attributes, layer }) =>
    graph.node('Concat', inputs, { axis: int((attributes as ConcatAttributes).axis) }, { layer }),
  maxPool2d: (graph, inputs, { attributes, layer }) =>
    graph.node('MaxPool', inputs, poolAttributes(attributes as PoolAttributes), { layer }),
  // Pixels beyond the edge do not count, which is ONNX's default.
  avgPool2d: (graph, inputs, { attributes, layer }) =>
    graph.node('AveragePool', inputs, poolAttributes(attributes as PoolAttributes), { layer }),
  upsampleNearest: (graph, [x = ''], { attributes, layer }) => {
    const scales = graph.floats('scales', [4], [1, 1, ...(attributes as UpsampleAttributes).scale])
    const nearest = {
      mode: word('nearest'),
      nearest_mode: word('floor'),
      coordinate_transformation_mode: word('asymmetric'),
    }
    return graph.node('Resize', [x, '', scales], nearest, { layer })
  },
  pixelShuffle: (graph, inputs, { attributes, layer }) => {
    const { factor } = attributes as ShuffleAttributes
    return graph.node('DepthToSpace', inputs, { blocksize: int(factor), mode: word('CRD') }, { layer })
  },
  // ONNX numbers the places within a cell first, PyTorch the channels.
  pixelUnshuffle: (graph, inputs, { attributes, layer, shape: [, channels = 1] }) => {
    const { factor } = attributes as ShuffleAttributes
    const cells = graph.node('SpaceToDepth', inputs, { blocksize: int(factor) }, { layer })
    const places = factor ** 2
    const images = channels / places
    if (images === 1) return cells
    const order = Array.from({ length: channels }, (_, i) => (i % places) * images + Math.floor(i / places))
    return graph.node('Gather', [cells, graph.wholes('channel_order', order)], { axis: int(1) }, { layer })
  },
}

/** Adds the operation of a tensor that is no constant. @throws InputError for one that our networks do not have. */
export function emit(graph: GraphBuilder, inputs: readonly string[], tensor: Tensor): string {
  const emitter = EMITTERS[tensor.op.name]
  if (emitter === undefined) {
    throw new InputError(
      `the layer ${tensor.layer} computes ${tensor.op.name}, which has no counterpart in the ONNX export; known are ` +
        Object.keys(EMITTERS).join(', '),
    )
  }
  return emitter(graph, inputs, tensor)
}
