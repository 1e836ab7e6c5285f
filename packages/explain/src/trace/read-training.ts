import { at, checkAscending, count, type Field, list, measured, optional, type Read, refuse } from './field.ts'
import type { TrainingHistory } from './types.ts'

export const readTraining: Read<TrainingHistory> = (field) => {
  const { steps, values: loss } = readCurve(at(field, 'steps'), at(field, 'loss'))
  return {
    steps,
    loss,
    ...optional(field, 'validation', (validation) => readCurve(at(validation, 'steps'), at(validation, 'values'))),
  }
}

/** Ascending steps, and a value for each of them. */
function readCurve(stepsField: Field, valuesField: Field): { steps: number[]; values: (number | null)[] } {
  const steps = list(count)(stepsField)
  checkAscending(stepsField, steps)
  const values = list(measured)(valuesField)
  if (values.length !== steps.length)
    refuse(valuesField, `as many numbers as there are steps, ${steps.length}, not ${values.length}`)
  return { steps, values }
}
