import { describe, expect, it } from 'vitest'
import {
  add,
  avgPool2d,
  batchNorm,
  batchNormTraining,
  binaryCrossEntropy,
  binaryCrossEntropyFromLogits,
  conv2d,
  elu,
  evaluate,
  gradients,
  inputTensor,
  l1Loss,
  leakyRelu,
  maxPool2d,
  meanSquaredErrorLoss,
  type Padding,
  pixelShuffle,
  pixelUnshuffle,
  relu,
  reshape,
  resizeBilinear,
  sigmoid,
  softplus,
  sumSquaresLoss,
  type Tensor,
  tanh,
  upsampleNearest,
} from '../src/index.ts'
import { expectClose } from './helpers/compare.ts'
import { testDevice } from './helpers/device.ts'
import { type Case, readCases } from './helpers/fixtures.ts'

type Inputs = Record<string, Tensor>
const get = (inputs: Inputs, name: string): Tensor => inputs[name] as Tensor

/** What each case of the fixtures computes, by its `op`. */
const operations: Record<string, (inputs: Inputs, attributes: Record<string, unknown>) => Tensor> = {
  conv2d: (t, { stride, padding, dilation }) =>
    add(
      conv2d(get(t, 'x'), get(t, 'w'), {
        stride: stride as number,
        padding: padding as Padding,
        dilation: (dilation ?? 1) as number,
      }),
      reshape(get(t, 'b'), [1, get(t, 'b').shape[0] as number, 1, 1]),
    ),
  maxPool2d: (t, { size }) => maxPool2d(get(t, 'x'), { size: size as number, padding: 'same' }),
  avgPool2d: (t, { size }) => avgPool2d(get(t, 'x'), { size: size as number }),
  upsample: (t, { scale }) => upsampleNearest(get(t, 'x'), scale as number),
  resize: (t, { size, alignCorners }) => resizeBilinear(get(t, 'x'), size as [number, number], alignCorners as boolean),
  pixelShuffle: (t, { factor }) => pixelShuffle(get(t, 'x'), factor as number),
  pixelUnshuffle: (t, { factor }) => pixelUnshuffle(get(t, 'x'), factor as number),
  relu: (t) => relu(get(t, 'x')),
  sigmoid: (t) => sigmoid(get(t, 'x')),
  tanh: (t) => tanh(get(t, 'x')),
  leaky_relu: (t) => leakyRelu(get(t, 'x'), 0.1),
  elu: (t) => elu(get(t, 'x')),
  softplus: (t) => softplus(get(t, 'x')),
  mse_mean: (t) => meanSquaredErrorLoss(get(t, 'x'), get(t, 'target')),
  l1_mean: (t) => l1Loss(get(t, 'x'), get(t, 'target')),
  bce_mean: (t) => binaryCrossEntropy(get(t, 'x'), get(t, 'target')),
  bceWithLogits: (t) => binaryCrossEntropyFromLogits(get(t, 'x'), get(t, 'target')),
  dncnn_loss: (t) => sumSquaresLoss(get(t, 'x'), get(t, 'target')),
  batchNorm: (t, { training, eps, momentum }) => {
    const parameters = {
      gamma: get(t, 'w'),
      beta: get(t, 'b'),
      runningMean: get(t, 'running_mean'),
      runningVariance: get(t, 'running_var'),
    }
    return training
      ? batchNormTraining(get(t, 'x'), parameters, momentum as number, eps as number).y
      : batchNorm(get(t, 'x'), parameters, eps as number)
  },
}

const isResult = (name: string) => name === 'y' || name === 'seed' || name.startsWith('d_') || name.endsWith('_after')

/** The case as a function of its leaves: output, and gradient of sum(y * seed) for each d_ tensor. */
function build({ attributes, tensors }: Case, leaves: Inputs): Record<string, Tensor> {
  const y = operations[attributes.op as string]?.(leaves, attributes)
  if (y === undefined) throw new Error(`no operation ${attributes.op}`)
  const wanted = Object.keys(tensors).filter((name) => name.startsWith('d_'))
  const found = gradients(
    y,
    wanted.map((name) => get(leaves, name.slice(2))),
    get(leaves, 'seed'),
  )
  return { y, ...Object.fromEntries(wanted.map((name, i) => [name, found[i] as Tensor])) }
}

const cases = await readCases('ops')

describe.skipIf(cases.length === 0)('PyTorch values of ops.safetensors', () => {
  for (const each of cases) {
    const leafNames = Object.keys(each.tensors).filter((name) => !isResult(name) || name === 'seed')
    const shapes = Object.fromEntries(leafNames.map((name) => [name, each.tensors[name]?.shape ?? []]))
    const values = Object.fromEntries(leafNames.map((name) => [name, each.tensors[name]?.data ?? new Float32Array()]))

    it(`${each.name}: reference and gradient agree in float64`, () => {
      const leaves = Object.fromEntries(leafNames.map((name) => [name, inputTensor(name, shapes[name] as number[])]))
      const outputs = build(each, leaves)
      const results = evaluate(Object.values(outputs), { inputs: values })
      for (const [i, name] of Object.keys(outputs).entries()) {
        expect(results[i]?.shape).toEqual(each.tensors[name]?.shape)
        expectClose(results[i]?.data ?? [], each.tensors[name]?.data ?? [], `${each.name}/${name}`, 2e-6)
      }
    })

    it(`${each.name}: kernels agree with poisoned memory`, async () => {
      const device = await testDevice()
      using program = await device.compile((leaves) => build(each, leaves), shapes, {
        poison: true,
        choose: (_, candidates) => candidates.at(-1) as (typeof candidates)[number],
      })
      const results = await program.run(values)
      for (const [name, result] of Object.entries(results))
        expectClose(result, each.tensors[name]?.data ?? [], `${each.name}/${name}`)
    })
  }

  it('batch normalisation moves the running statistics as PyTorch does', () => {
    const each = cases.find(({ name }) => name === 'batch_norm_train') as Case
    const leaf = (name: string) => inputTensor(name, each.tensors[name]?.shape ?? [])
    const step = batchNormTraining(leaf('x'), {
      gamma: leaf('w'),
      beta: leaf('b'),
      runningMean: leaf('running_mean'),
      runningVariance: leaf('running_var'),
    })
    const inputs = Object.fromEntries(Object.entries(each.tensors).map(([name, { data }]) => [name, data]))
    const [mean, variance] = evaluate([step.runningMean, step.runningVariance], { inputs })
    expectClose(mean?.data ?? [], each.tensors.running_mean_after?.data ?? [], 'running mean', 1e-6)
    expectClose(variance?.data ?? [], each.tensors.running_var_after?.data ?? [], 'running variance', 1e-6)
  })
})
