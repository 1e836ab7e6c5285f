/** How many epochs have passed since the lowest of the validation results, one an epoch; a tie counts as no gain. */
export const epochsWithoutGain = (validations: readonly number[]): number =>
  validations.length === 0 ? 0 : validations.length - 1 - validations.indexOf(Math.min(...validations))
