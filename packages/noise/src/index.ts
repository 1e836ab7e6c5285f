export { addNoise, type NoiseOptions, type NoisyTensors } from './add-noise.ts'
export { applyNoise, type NoisyImages } from './apply-noise.ts'
export { checkNoise } from './check-noise.ts'
export { defaultNoise, describeNoise, type Noise, noiseKinds } from './noise.ts'
