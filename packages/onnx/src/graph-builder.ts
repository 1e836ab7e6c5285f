import type { AttributeValue, NodeProto, TensorProto } from './proto.ts'

/** Collects the nodes and constants of a graph, in the order in which they are added. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[] = []
  #values = 0

  /** Adds a step. @returns the name of its output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: NodeProto['attributes'] = {},
    { layer = '', output = this.#name(layer === '' ? operator : layer) }: { layer?: string; output?: string } = {},
  ): string {
    this.nodes.push({ operator, name: `${output}/${operator}`, inputs, output, attributes })
    return output
  }

  /** Adds a constant of float32. @returns its name. */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    const unique = this.#name(name)
    this.constants.push({ name: unique, shape, data: Float32Array.from(values) })
    return unique
  }

  /** Adds a list of whole numbers. @returns its name. */
  wholes(name: string, values: readonly number[]): string {
    const unique = this.#name(name)
    this.constants.push({ name: unique, shape: [values.length], data: BigInt64Array.from(values.map(BigInt)) })
    return unique
  }

  #name(hint: string): string {
    return `${hint}_${this.#values++}`
  }
}

export const ints = (...values: readonly number[]): AttributeValue => ({ ints: values })
export const int = (value: number): AttributeValue => ({ int: value })
export const word = (value: string): AttributeValue => ({ string: value })
