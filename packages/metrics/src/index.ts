export { binaryAccuracy, kerasBinaryAccuracy } from './accuracy.ts'
export { areaUnderCurve } from './area-under-curve.ts'
export { type AttributedImage, type AttributionMass, attributionMass } from './attribution-mass.ts'
export { averagePrecision } from './average-precision.ts'
export { type BootstrapOptions, bootstrapInterval, bootstrapMeanInterval, type Interval } from './bootstrap.ts'
export type { ImageShape } from './check.ts'
export { type CleanControl, type ControlledImage, cleanControl } from './clean-control.ts'
export { diffusionIndex, gini } from './gini.ts'
export { type ImageQuality, type ImageQualityOptions, imageQuality, type Measured } from './image-quality.ts'
export {
  type NoiseStratum,
  noiseStrata,
  type SeparationOptions,
  type SeparationScheme,
  separationScheme,
} from './noise-strata.ts'
export { meanSquaredError, psnr } from './psnr.ts'
export { rankCorrelation } from './rank-correlation.ts'
export { OBJECT_THRESHOLD, objectMask, objectRegions, type RegionName, regionNames } from './regions.ts'
export {
  type ComparedSeparation,
  comparedSeparation,
  type Estimate,
  type GapExcess,
  meanEstimate,
  separation,
} from './separation.ts'
export type { Basis } from './separation-basis.ts'
export {
  addSeparationRecords,
  countsOf,
  type Part,
  type SeparationCounts,
  type SeparationImage,
  type SeparationRecord,
  separationRecord,
} from './separation-record.ts'
export {
  type DetectionScores,
  detectionScores,
  type MatchedGap,
  type PartScores,
  type SeparationGap,
  type SeparationScores,
  type StratumScores,
  separationScores,
} from './separation-scores.ts'
export { type SsimOptions, ssim, ssimWindowSize } from './ssim.ts'
