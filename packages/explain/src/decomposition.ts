import {
  add,
  apply,
  broadcastTo,
  concat,
  fill,
  InputError,
  mul,
  neg,
  sub,
  type Tensor,
  topological,
} from '@noisescope/core'

/** What a node adds to the target besides what its inputs bring: sum of gradient * bias. */
export interface BiasTerm {
  /** The layer, and behind a stroke the operation where the bias is implicit: 'conv2d_3', 'conv2d_6/sigmoid'. */
  readonly name: string
  readonly node: Tensor
  /** b = op(z) - J_op(z) z, of the shape of the node. */
  readonly bias: Tensor
}

/** Operations with op(z) = J_op(z) z when all their inputs count: linear, or homogeneous of degree one. */
const WITHOUT_BIAS: ReadonlySet<string> = new Set([
  'avgPool2d',
  'broadcast',
  'conv2d',
  'leakyRelu',
  'maxPool2d',
  'neg',
  'pad',
  'pixelShuffle',
  'pixelUnshuffle',
  'reduce',
  'relu',
  'reshape',
  'resizeBilinear',
  'slice',
  'upsampleNearest',
])

/**
 * The biases of every node between `inputs` and `target`, explicit and implicit, so that for whatever the graph is made of
 *
 * T = sum over inputs of (dT/dy y) + sum over nodes of (dT/dv b_v)
 *
 * Source: Srinivas and Fleuret 2019, "Full-gradient representation for neural network visualization", and its
 * implicit biases. A node's bias is kept with its own gradient, so branches do not matter.
 * @throws InputError for an operation whose bias is not known.
 */
export function biasTerms(target: Tensor, inputs: readonly Tensor[]): BiasTerm[] {
  const depends = new Set<Tensor>(inputs)
  const terms: BiasTerm[] = []
  for (const node of topological([target])) {
    // What stopGradient lets through counts as a constant.
    if (node.op.name === 'stopGradient' || !node.inputs.some((input) => depends.has(input))) continue
    depends.add(node)
    const bias = biasOf(node, depends)
    if (bias !== undefined) terms.push({ name: nameOf(node), node, bias })
  }
  return terms
}

/** An added constant is the layer's own bias; any other is that of an operation. */
function nameOf({ layer, op }: Tensor): string {
  const place = layer === '' ? 'target' : layer
  return op.name === 'add' || op.name === 'sub' ? place : `${place}/${op.name}`
}

function biasOf(node: Tensor, depends: ReadonlySet<Tensor>): Tensor | undefined {
  const [a, b] = node.inputs
  const constants = node.inputs.filter((input) => !depends.has(input))
  switch (node.op.name) {
    case 'add':
      return constants[0] && broadcastTo(constants[0], node.shape)
    case 'sub':
      if (constants[0] === undefined) return undefined
      return broadcastTo(constants[0] === b ? neg(b) : constants[0], node.shape)
    case 'mul':
      return constants.length > 0 || a === undefined || b === undefined ? undefined : neg(node)
    case 'concat': {
      if (constants.length === 0) return undefined
      const { axis } = node.attributes as { readonly axis: number }
      const parts = node.inputs.map((input) => (depends.has(input) ? fill(0, input.shape) : input))
      return concat(parts, axis)
    }
    default:
      if (WITHOUT_BIAS.has(node.op.name)) return undefined
      return pointwiseBias(node, depends)
  }
}

/** b = op(z) - sum over i of d op / d z_i * z_i, element by element. */
function pointwiseBias(node: Tensor, depends: ReadonlySet<Tensor>): Tensor {
  const { op, attributes, shape } = node
  if (op.pointwise === undefined || op.gradient === undefined) {
    throw new InputError(`the bias of ${op.name} (layer ${node.layer}) is not known, so no decomposition is complete`)
  }
  const z = node.inputs.map((input) => broadcastTo(input, shape))
  const again = apply(op, z, attributes)
  const slopes = op.gradient(again, fill(1, shape), attributes)
  const linear = node.inputs.map((input, i) => {
    const [slope, value] = [slopes[i], z[i]]
    return depends.has(input) && slope && value ? mul(slope, value) : fill(0, shape)
  })
  return sub(
    again,
    linear.reduce((total, part) => add(total, part)),
  )
}
