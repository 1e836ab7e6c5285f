export { type NoiseOptions, type NoisyTensors, addNoise } from './add-noise.ts'
export { type NoisyImages, applyNoise } from './apply-noise.ts'
export { checkNoise } from './check-noise.ts'
export { type Noise, defaultNoise, describeNoise, noiseKinds } from './noise.ts'
