export { readWeights, type WeightsFile, type WeightsFormat } from './read-weights.ts'
