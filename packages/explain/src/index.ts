export {
  type CataloguedExplainer,
  explainerCatalogue,
  explainerNames,
  explainerOf,
} from './catalogue.ts'
export { type BiasTerm, biasTerms } from './decomposition.ts'
export type { AskOptions } from './evaluation/ask.ts'
export type { MapChoice, RepeatedChoice } from './evaluation/chosen-map.ts'
export { type Infidelity, type InfidelityOptions, infidelity, type Perturbation } from './evaluation/infidelity.ts'
export {
  type ExchangeCurve,
  type InsertionDeletion,
  type InsertionDeletionOptions,
  insertionDeletion,
} from './evaluation/insertion-deletion.ts'
export { type Judged, type Judgement, type JudgeOptions, judge, judgedMap } from './evaluation/judge.ts'
export { type MaxSensitivity, type MaxSensitivityOptions, maxSensitivity } from './evaluation/max-sensitivity.ts'
export { type CataloguedMeasure, type Measure, measureCatalogue, measureOf } from './evaluation/measures.ts'
export {
  type MapAgreement,
  type ParameterRandomisation,
  type ParameterRandomisationOptions,
  parameterRandomisation,
  type RandomisationStep,
} from './evaluation/parameter-randomisation.ts'
export {
  type ChosenLayer,
  type Completeness,
  completenessOf,
  type ExplainContext,
  type Explainer,
  type Explanation,
  type Findings,
  type Point,
  type Points,
  type Replay,
  type TargetGraph,
} from './explainer.ts'
export { type ActivationMapsOptions, activationMaps } from './explainers/activation-maps.ts'
export { type BlockInterventionOptions, blockIntervention, type Replacement } from './explainers/block-intervention.ts'
export { eigenCam } from './explainers/eigen-cam.ts'
export { type Fill, fills } from './explainers/fill-block.ts'
export { fullGrad } from './explainers/full-grad.ts'
export type { FullGradMapOptions } from './explainers/full-grad-maps.ts'
export { type GradCamOptions, gradCam } from './explainers/grad-cam.ts'
export { gradCamPlusPlus } from './explainers/grad-cam-plus-plus.ts'
export { hiResCam } from './explainers/hires-cam.ts'
export { inputGradient } from './explainers/input-gradient.ts'
export { inputTimesGradient } from './explainers/input-times-gradient.ts'
export { type IntegratedGradientsOptions, integratedGradients } from './explainers/integrated-gradients.ts'
export { type JacobianSingularVectorsOptions, jacobianSingularVectors } from './explainers/jacobian-singular-vectors.ts'
export { layerCam } from './explainers/layer-cam.ts'
export { type LocalAttributionMapOptions, localAttributionMap } from './explainers/local-attribution-map.ts'
export { noisePath } from './explainers/noise-path.ts'
export { type OcclusionOptions, occlusion } from './explainers/occlusion.ts'
export type { PathOptions } from './explainers/path-explainer.ts'
export { pixelFilter } from './explainers/pixel-filter.ts'
export { type PixelFilterGridOptions, pixelFilterGrid } from './explainers/pixel-filter-grid.ts'
export { type ScoreCamOptions, scoreCam } from './explainers/score-cam.ts'
export { simpleFullGrad } from './explainers/simple-full-grad.ts'
export { type SmoothFullGradOptions, smoothFullGrad } from './explainers/smooth-full-grad.ts'
export { type SmoothGradOptions, smoothGrad } from './explainers/smooth-grad.ts'
export {
  attributionScores,
  type ImageScoresOptions,
  imageScores,
  type ScoredImage,
} from './image-scores.ts'
export * from './interpretable/index.ts'
export { type ExplanationMap, explanationMap, type MapStatus } from './map.ts'
export { brush, checkMask, type Mask, rectangle } from './masks.ts'
export type { NamedOptions } from './named-options.ts'
export { type ExplainOptions, ExplainSession, type ForwardPass } from './session.ts'
export { type SessionTraceContent, sessionTrace, type TraceFrameContent, traceFrame } from './session-trace.ts'
export type { Subject, SubjectImage } from './subject.ts'
export {
  channel,
  contrast,
  detail,
  error,
  type ImageTarget,
  pixel,
  region,
  removed,
  type Target,
  type TargetOf,
} from './targets.ts'
export { tracedExplanation } from './traced-explanation.ts'
export { type Size, type TracedModel, traceModel } from './traced-model.ts'
