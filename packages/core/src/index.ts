export * from './errors.ts'
export * from './shape.ts'
export type { AdapterTraits, Kernel, KernelSpec, Tail } from './kernels/kernel.ts'
export { binding, dispatchFor } from './kernels/kernel.ts'
export type { Values } from './reference/values.ts'
export {
  type Assignment,
  type DType,
  type LoweringContext,
  type Op,
  Tensor,
  Variable,
  apply,
  assign,
  inLayer,
  inputTensor,
} from './graph/tensor.ts'
export { gradients } from './graph/gradients.ts'
export { type LeafValues, evaluate } from './graph/evaluate.ts'
export * from './ops/batch-norm.ts'
export { type Conv2dOptions, type Padding, type Pair, conv2d } from './ops/convolution.ts'
export {
  type Operand,
  abs,
  add,
  broadcastTo,
  clamp,
  div,
  elementwise,
  elu,
  equal,
  exp,
  fill,
  greater,
  leakyRelu,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  tanh,
  where,
} from './ops/elementwise.ts'
export * from './ops/losses.ts'
export * from './ops/matmul.ts'
export { type PoolOptions, avgPool2d, maxPool2d } from './ops/pool.ts'
export { concat, pad, pixelShuffle, pixelUnshuffle, slice } from './ops/rearrange.ts'
export { max, mean, min, sum } from './ops/reduce.ts'
export { reshape } from './ops/reshape.ts'
export { resizeBilinear, upsampleNearest } from './ops/resize.ts'
export type { AdapterInfo } from './runtime/adapter.ts'
export { Device, type DeviceOptions, openDevice, zeroVariable } from './runtime/device.ts'
export { type CompileOptions, type InputSpec, type InputValues, Program, type RunOptions } from './runtime/program.ts'
export { type TuningTable, memoryTable } from './tune/table.ts'
export type { Distribution } from './kernels/attributes.ts'
export { randomBitsTensor, randomTensor } from './ops/random.ts'
export { philox } from './random/philox.ts'
export { philoxFunctions } from './random/philox.wgsl.ts'
export { poissonFunction } from './random/poisson.ts'
export { type RandomKey, type RandomOptions, keyFrom, random, randomBits } from './random/random.ts'
export { type TuneOptions, type Tuned, tune } from './tune/tune.ts'
