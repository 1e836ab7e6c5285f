import { PbfWriter } from 'pbf'

/** An attribute of a node: whole numbers, decimal numbers or a word. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string }

/** A step of a graph; its inputs and outputs are names of values. */
export interface NodeProto {
  readonly operator: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** A constant, float32 or int64. */
export interface TensorProto {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/** An input or output of float32; an axis is a number, or a name where its length is free. */
export interface ValueProto {
  readonly name: string
  readonly shape: readonly (number | string)[]
  readonly description: string
}

export interface GraphProto {
  readonly name: string
  readonly nodes: readonly NodeProto[]
  readonly constants: readonly TensorProto[]
  readonly inputs: readonly ValueProto[]
  readonly outputs: readonly ValueProto[]
}

export interface ModelProto {
  /** Version of the file's layout. */
  readonly irVersion: number
  /** Version of the standard operators. */
  readonly opset: number
  readonly producer: string
  readonly description: string
  readonly graph: GraphProto
  readonly metadata: Readonly<Record<string, string>>
}

/** Codes of `TensorProto.DataType` and `AttributeProto.AttributeType`. */
const ELEMENT = { float32: 1, int64: 7 } as const
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const

/** Writes a model in ONNX's protocol buffers; field numbers are those of onnx/onnx.proto3. */
export function encodeModel({ irVersion, opset, producer, description, graph, metadata }: ModelProto): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, irVersion)
  pbf.writeStringField(2, producer)
  pbf.writeStringField(6, description)
  pbf.writeMessage(7, writeGraph, graph)
  pbf.writeMessage(8, (version, to) => to.writeVarintField(2, version), opset)
  for (const entry of Object.entries(metadata)) pbf.writeMessage(14, writeEntry, entry)
  return pbf.finish()
}

function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}

function writeGraph({ name, nodes, constants, inputs, outputs }: GraphProto, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, name)
  for (const constant of constants) pbf.writeMessage(5, writeTensor, constant)
  for (const input of inputs) pbf.writeMessage(11, writeValue, input)
  for (const output of outputs) pbf.writeMessage(12, writeValue, output)
}

function writeNode({ operator, name, inputs, output, attributes }: NodeProto, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input)
  pbf.writeStringField(2, output)
  pbf.writeStringField(3, name)
  pbf.writeStringField(4, operator)
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute)
}

function writeAttribute([name, value]: readonly [string, AttributeValue], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if ('float' in value) pbf.writeFloatField(2, value.float)
  else if ('int' in value) pbf.writeVarintField(3, value.int)
  else if ('string' in value) pbf.writeBytesField(4, new TextEncoder().encode(value.string))
  else for (const int of value.ints) pbf.writeVarintField(8, int)
  const [kind] = Object.keys(value) as [keyof typeof ATTRIBUTE]
  pbf.writeVarintField(20, ATTRIBUTE[kind])
}

function writeTensor({ name, shape, data }: TensorProto, pbf: PbfWriter): void {
  for (const extent of shape) pbf.writeVarintField(1, extent)
  pbf.writeVarintField(2, data instanceof Float32Array ? ELEMENT.float32 : ELEMENT.int64)
  pbf.writeStringField(8, name)
  pbf.writeBytesField(9, littleEndian(data))
}

/** ONNX stores raw data with the least byte first, whatever the processor. */
function littleEndian(data: TensorProto['data']): Uint8Array {
  const bytes = new Uint8Array(data.byteLength)
  const view = new DataView(bytes.buffer)
  if (data instanceof Float32Array) for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true)
  else for (const [i, value] of data.entries()) view.setBigInt64(8 * i, value, true)
  return bytes
}

function writeValue({ name, shape, description }: ValueProto, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, (axes, type) => type.writeMessage(1, writeTensorType, axes), shape)
  pbf.writeStringField(3, description)
}

function writeTensorType(shape: ValueProto['shape'], pbf: PbfWriter): void {
  pbf.writeVarintField(1, ELEMENT.float32)
  const writeAxis = (axis: number | string, to: PbfWriter) =>
    typeof axis === 'number' ? to.writeVarintField(1, axis) : to.writeStringField(2, axis)
  pbf.writeMessage(2, (axes, to) => axes.forEach((axis) => void to.writeMessage(1, writeAxis, axis)), shape)
}
