export {
  type FilterInstability,
  filterPeaks,
  type LocatedImage,
  type LocationInstability,
  type LocationOptions,
  type LocationReferences,
  locationInstability,
  objectPoints,
  type Peak,
} from './location-stability.ts'
export { measureLocationInstability, type PairedImage } from './measure-locations.ts'
export { partTemplateLoss } from './part-template-loss.ts'
export { type PartTemplateOptions, partTemplatePenalty } from './part-template-penalty.ts'
export { partTemplates } from './templates.ts'
