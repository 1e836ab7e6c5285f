export * from './checkpoint.ts'
export * from './convolution-block.ts'
export { decodeElements } from './decode-elements.ts'
export { bytesPerElement, decodeFloat32, type ElementType, elementTypes, isElementType } from './element-types.ts'
export * from './held-out-loss.ts'
export * from './initialisers.ts'
export * from './layers.ts'
export * from './model.ts'
export * from './optimisers.ts'
export * from './recipe.ts'
export * from './run-random.ts'
export {
  type EncodedTensor,
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from './safetensors.ts'
export * from './schedules.ts'
export * from './state-dict.ts'
export { type RecognisedChain, recogniseChain } from './stored-chain.ts'
export type { StoredLayer, StoredStructure } from './stored-layer.ts'
export * from './train.ts'
export type { EndReason, TrainingData, TrainingEvent, TrainingRun } from './training-run.ts'
export { type WritableTensor, writeSafetensors } from './write-safetensors.ts'
