export * from './errors.ts'
export * from './foreign/index.ts'
export { evaluate, type LeafValues } from './graph/evaluate.ts'
export { gradients } from './graph/gradients.ts'
export {
  type Assignment,
  apply,
  assign,
  type DType,
  inLayer,
  inputNameOf,
  inputTensor,
  type LoweringContext,
  type Op,
  Tensor,
  topological,
  Variable,
  variableOf,
} from './graph/tensor.ts'
export type {
  ConcatAttributes,
  Distribution,
  PoolAttributes,
  ShuffleAttributes,
  UpsampleAttributes,
} from './kernels/attributes.ts'
export type { Conv2dAttributes } from './kernels/convolution.ts'
export type { AdapterTraits, Kernel, KernelSpec, Tail } from './kernels/kernel.ts'
export { binding, dispatchFor } from './kernels/kernel.ts'
export * from './ops/batch-norm.ts'
export { type Conv2dOptions, conv2d, type Padding, type Pair } from './ops/convolution.ts'
export {
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
  type Operand,
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
export { avgPool2d, maxPool2d, type PoolOptions } from './ops/pool.ts'
export { randomBitsTensor, randomTensor } from './ops/random.ts'
export { concat, pad, pixelShuffle, pixelUnshuffle, slice } from './ops/rearrange.ts'
export { max, mean, min, sum } from './ops/reduce.ts'
export { reshape } from './ops/reshape.ts'
export { resizeBilinear, upsampleNearest } from './ops/resize.ts'
export { type CeilingOptions, type Ceilings, measureCeilings } from './profile/ceilings.ts'
export {
  type Profile,
  type ProfiledKernel,
  type ProfiledLayer,
  type ProfileOptions,
  profile,
  profileOf,
} from './profile/profile.ts'
export { Profiler, type ProgramTimes, type TimedKernel, type TimingMethod } from './profile/profiler.ts'
export { convolutionOperations, type Work } from './profile/work.ts'
export { philox } from './random/philox.ts'
export { philoxFunctions } from './random/philox.wgsl.ts'
export { poissonFunction } from './random/poisson.ts'
export {
  keyFrom,
  type RandomKey,
  type RandomOptions,
  type RandomPartOptions,
  random,
  randomBits,
} from './random/random.ts'
export type { Values } from './reference/values.ts'
export type { AdapterInfo } from './runtime/adapter.ts'
export { Device, type DeviceOptions, openDevice, zeroVariable } from './runtime/device.ts'
export {
  type CompileOptions,
  type InputSpec,
  type InputValues,
  type PlannedKernel,
  Program,
  type RunOptions,
  type StorageFormat,
} from './runtime/program.ts'
export * from './shape.ts'
export { browserTable } from './tune/browser-table.ts'
export type { Algorithms, Choices } from './tune/choices.ts'
export { memoryTable, type TuningTable } from './tune/table.ts'
export { type Tuned, type TuneOptions, tune } from './tune/tune.ts'
