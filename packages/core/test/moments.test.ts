import { expect, it } from 'vitest'
import { evaluate } from '../src/graph/evaluate.ts'
import { add, conv2d, inputTensor, reshape, type Tensor } from '../src/index.ts'
import { directConvolution } from '../src/kernels/conv2d-direct.wgsl.ts'
import { gemmConvolution } from '../src/kernels/conv2d-gemm.wgsl.ts'
import { quadConvolution } from '../src/kernels/conv2d-quads.wgsl.ts'
import { winogradByLanes, winogradByTiles } from '../src/kernels/winograd-algorithms.ts'
import { channelMean, channelVariance } from '../src/ops/moments.ts'
import { expectClose } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { forced, wave } from './helpers/exact.ts'

const algorithms = [
  gemmConvolution({ threadsDown: 8, channelQuads: 2, pixelQuads: 2 }),
  gemmConvolution({ threadsDown: 8, channelQuads: 1, pixelQuads: 1 }),
  gemmConvolution({ threadsDown: 4, channelQuads: 1, pixelQuads: 1 }),
  quadConvolution({ channels: 8, rows: 2, across: 2 }),
  quadConvolution({ channels: 1, rows: 3, across: 1 }),
  winogradByLanes(4, 16, 8),
  winogradByLanes(2, 16, 4),
  winogradByTiles(4, { channelQuads: 1, groups: 4 }),
  winogradByTiles(2, { channelQuads: 2, groups: 4 }),
  directConvolution(8),
]
/** Images, input channels, height and width, output channels. */
const sizes = [
  [2, 8, 5, 7, 9],
  [3, 8, 12, 16, 20],
  [1, 16, 9, 4, 64],
  [5, 8, 8, 8, 33],
] as const
/** Added to what the convolutions give, so that a difference of large squares would have no digits left. */
const FAR = 100

it('are those of the channels that a reshape makes', async () => {
  const device = await testDevice()
  const model = ({ x, weights }: { readonly x: Tensor; readonly weights: Tensor }) => {
    const y = reshape(conv2d(x, weights, { padding: 'same' }), [1, 4, 8, 8])
    return { mean: channelMean(y), variance: channelVariance(y) }
  }
  const shapes = { x: [1, 3, 16, 8], weights: [2, 3, 3, 3] }
  const values = { x: wave(shapes.x, 0.7), weights: wave(shapes.weights, 1.3) }
  using program = await device.compile(model, shapes, { poison: true })
  const found = await program.run(values)
  const symbols = model({ x: inputTensor('x', shapes.x), weights: inputTensor('weights', shapes.weights) })
  const [mean, variance] = evaluate([symbols.mean, symbols.variance], { inputs: values })
  expectClose(found.mean, mean?.data ?? [], 'mean')
  expectClose(found.variance, variance?.data ?? [], 'variance')
})

for (const algorithm of algorithms) {
  it(`are given by ${algorithm.name} beside its result, or by a kernel of their own`, async () => {
    const device = await testDevice()
    for (const [n, c, h, w, k] of sizes) {
      const shapes = { x: [n, c, h, w], weights: [k, c, 3, 3], bias: [1, k, 1, 1] }
      const model = ({ x, weights, bias }: Readonly<Record<keyof typeof shapes, Tensor>>) => {
        const y = add(conv2d(x, weights, { padding: 'same' }), bias)
        return { y, mean: channelMean(y), variance: channelVariance(y) }
      }
      const values = {
        x: wave(shapes.x, 0.7),
        weights: wave(shapes.weights, 1.3),
        bias: wave(shapes.bias, 0.9).map((value) => FAR + value),
      }
      using program = await device.compile(model, shapes, { poison: true, choose: forced(algorithm) })
      const names = program.kernels.map(({ name }) => name)
      const found = await program.run(values)
      const leaves = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, inputTensor(name, shape)]))
      const symbols = model(leaves as Readonly<Record<keyof typeof shapes, Tensor>>)
      const [y, mean, variance] = evaluate([symbols.y, symbols.mean, symbols.variance], { inputs: values })
      const what = `${algorithm.name} of ${n}x${c}x${h}x${w} to ${k}: ${names.join(', ')}`
      expectClose(found.y, y?.data ?? [], `${what}: y`)
      expectClose(found.mean, mean?.data ?? [], `${what}: mean`, 1e-6)
      expectClose(found.variance, variance?.data ?? [], `${what}: variance`)
      expect(names.includes('partial moments'), what).toBe(algorithm.name.startsWith('direct'))
    }
  })
}
