import { type ArrangeAttributes, arrangedShape, arrangeWeightsKernel } from '../../src/kernels/arrange-weights.wgsl.ts'
import { conv2dInputGradientKernel } from '../../src/kernels/conv2d-input-gradient.wgsl.ts'
import type {
  ConvolutionAlgorithm,
  ConvolutionSpec,
  WeightGradientAlgorithm,
  WinogradAlgorithm,
  WinogradGradientAlgorithm,
} from '../../src/kernels/convolution.ts'
import { type AdapterTraits, storeTail } from '../../src/kernels/kernel.ts'
import { CHANNELS, winogradPlan } from '../../src/kernels/winograd.ts'
import { winogradGradientKernel, winogradInputKernel } from '../../src/kernels/winograd-input.wgsl.ts'
import { winogradOutputKernel } from '../../src/kernels/winograd-output.wgsl.ts'
import { winogradGradientOutput } from '../../src/kernels/winograd-weight-gradient.wgsl.ts'
import { winogradWeightsKernel } from '../../src/kernels/winograd-weights.wgsl.ts'
import { sizeOf } from '../../src/shape.ts'
import { adapterTraits, runKernel } from './run-kernel.ts'

/** The adapter as it is, and as the others look to the cost model: every algorithm that runs here gets its turn. */
async function faces(): Promise<AdapterTraits[]> {
  const traits = await adapterTraits()
  const { subgroups: _, ...plain } = traits
  return [traits, { ...plain, kind: 'software' }, { ...plain, kind: 'hardware' }]
}

/** Every algorithm that some face of the adapter is offered, once. */
export async function everyAlgorithm<A extends { readonly name: string }>(
  list: (adapter: AdapterTraits) => A[],
): Promise<A[]> {
  const all = (await faces()).flatMap(list)
  return [...new Map(all.map((algorithm) => [algorithm.name, algorithm])).values()]
}

/** Runs the arranging kernel on weights [k, c, r, s]. */
export async function runArrange(
  { k, c, r, s }: ConvolutionSpec,
  w: Float32Array,
  attributes: ArrangeAttributes,
): Promise<Float32Array> {
  const shape = [k, c, r, s]
  const output = arrangedShape(shape, attributes)
  const kernel = arrangeWeightsKernel(
    { inputs: [shape], output, attributes, adapter: await adapterTraits() },
    storeTail,
  )
  return runKernel(kernel, [w], sizeOf(output))
}

/** Runs a forward algorithm with the arranging of its weights [k, c, r, s], or [c, k, r, s] to be transposed. */
export async function runForward(
  algorithm: ConvolutionAlgorithm | WinogradAlgorithm,
  spec: ConvolutionSpec,
  x: Float32Array,
  w: Float32Array,
  transposed = false,
): Promise<Float32Array> {
  if ('product' in algorithm) return runWinograd(algorithm, spec, x, w, transposed)
  const block = algorithm.weights?.block
  const given = transposed ? { ...spec, k: spec.c, c: spec.k } : spec
  const arranged =
    block === undefined && !transposed
      ? w
      : await runArrange(given, w, { ...(block === undefined ? {} : { block }), transposed })
  return runKernel(
    algorithm.kernel(spec, await adapterTraits(), storeTail),
    [x, arranged],
    spec.n * spec.k * spec.oh * spec.ow,
  )
}

/** Runs the four kernels of one of Winograd's algorithms, each on poisoned memory. */
async function runWinograd(
  algorithm: WinogradAlgorithm,
  spec: ConvolutionSpec,
  x: Float32Array,
  w: Float32Array,
  transposed: boolean,
): Promise<Float32Array> {
  const plan = winogradPlan(spec, algorithm.size, algorithm.block)
  const shape = { outputs: spec.k, inputs: spec.c, transposed }
  const input = await runKernel(winogradInputKernel(spec, plan, storeTail), [x], sizeOf(plan.input))
  const weights = await runKernel(winogradWeightsKernel(shape, plan, storeTail), [w], sizeOf(plan.weights))
  const product = algorithm.product(plan, await adapterTraits(), storeTail)
  const products = await runKernel(product, [input, weights], sizeOf(plan.products))
  return runKernel(
    winogradOutputKernel(spec, plan, await adapterTraits(), storeTail),
    [products],
    spec.n * spec.k * spec.oh * spec.ow,
  )
}

/** Runs the direct input gradient of a convolution. */
export async function runInputGradient(
  spec: ConvolutionSpec,
  dy: Float32Array,
  w: Float32Array,
): Promise<Float32Array> {
  const { n, c, h, w: width, k, r, s, oh, ow, stride, dilation, padding } = spec
  const kernel = conv2dInputGradientKernel(
    {
      inputs: [
        [n, k, oh, ow],
        [k, c, r, s],
      ],
      output: [n, c, h, width],
      attributes: { stride, dilation, padding, size: [h, width] },
      adapter: await adapterTraits(),
    },
    storeTail,
  )
  return runKernel(kernel, [dy, w], n * c * h * width)
}

/** Runs a weight gradient and adds its partial sums. */
export async function runWeightGradient(
  algorithm: WeightGradientAlgorithm | WinogradGradientAlgorithm,
  spec: ConvolutionSpec,
  x: Float32Array,
  dy: Float32Array,
): Promise<ArrayLike<number>> {
  if ('product' in algorithm) return runWinogradGradient(algorithm, spec, x, dy)
  const weights = spec.k * spec.c * spec.r * spec.s
  const parts = algorithm.partials(spec, await adapterTraits())
  const partial = await runKernel(algorithm.kernel(spec, await adapterTraits(), storeTail), [x, dy], parts * weights)
  const sum = new Float64Array(weights)
  partial.forEach((value, index) => {
    sum[index % weights] = (sum[index % weights] as number) + value
  })
  return sum
}

/** Runs the four kernels of Winograd's weight gradient, each on poisoned memory. */
async function runWinogradGradient(
  algorithm: WinogradGradientAlgorithm,
  spec: ConvolutionSpec,
  x: Float32Array,
  dy: Float32Array,
): Promise<Float32Array> {
  const plan = winogradPlan(spec, algorithm.size, CHANNELS)
  const elements = plan.extent ** 2
  const inputs = await runKernel(winogradInputKernel(spec, plan, storeTail), [x], sizeOf(plan.input))
  const gradients = await runKernel(
    winogradGradientKernel(spec, plan, storeTail),
    [dy],
    elements * Math.ceil(spec.k / CHANNELS) * plan.tiles * CHANNELS,
  )
  const products = await runKernel(
    algorithm.product(spec, plan, await adapterTraits(), storeTail),
    [inputs, gradients],
    elements * spec.k * plan.inputQuads * CHANNELS,
  )
  return runKernel(winogradGradientOutput(spec, plan, storeTail), [products], spec.k * spec.c * 9)
}
