export {
  type Answer,
  answerOf,
  type Gap,
  gapOf,
  gaps,
  gapTexts,
  type On,
  onsOf,
  onTexts,
  thresholdsOf,
} from './answer.ts'
export { type BlurAnswer, blurAnswerOf } from './blur.ts'
export { type SimplerAnswer, simplerAnswerOf } from './simpler.ts'
export {
  type CellPictures,
  type Claim,
  type Estimate,
  judgedScores,
  readStudyFile,
  type Study,
  type StudyCell,
} from './study-file.ts'
export { cellTitle, estimateText, type Table, tablesOf } from './tables.ts'
