export { type BiasTerm, biasTerms } from './decomposition.ts'
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
export { layerCam } from './explainers/layer-cam.ts'
export { pixelFilter } from './explainers/pixel-filter.ts'
export { type ExplanationMap, explanationMap, type MapStatus } from './map.ts'
export { brush, checkMask, type Mask, rectangle } from './masks.ts'
export { type ExplainOptions, ExplainSession, type Subject } from './session.ts'
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
export { type Size, type TracedModel, traceModel } from './traced-model.ts'
