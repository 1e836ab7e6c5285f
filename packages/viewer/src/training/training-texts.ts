import { counted } from '../numbers.ts'

/** The words of a training alone. */
export const trainingEnglish = {
  training: 'Training',
  frame: 'State of the training',
  frameText: (label: string, index: number, count: number) => `${label}, ${index} of ${count}`,
  step: (step: number) => `step ${counted(step)}`,
  numbered: (index: number) => `state ${index}`,
  loss: 'Loss',
  validation: 'Validation',
  lossCurve: (first: string, last: string, steps: string) => `Loss from ${first} to ${last} over ${steps} steps`,
}

export type TrainingTexts = typeof trainingEnglish
