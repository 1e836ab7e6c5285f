export { type Answer, answerOf, type Gap, gapOf, gaps, gapTexts, thresholdsOf } from './answer.ts'
export {
  type CellPictures,
  type Estimate,
  judgedScores,
  readStudyFile,
  type Study,
  type StudyCell,
} from './study-file.ts'
export { cellTitle, estimateText, type Table, tablesOf } from './tables.ts'
