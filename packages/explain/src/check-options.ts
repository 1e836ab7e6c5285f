import { InputError } from '@noisescope/core'

/** Refuses an option that must be a whole number. @param who has the option, for messages. @throws InputError */
export function checkWhole(who: string, name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new InputError(`${who}: ${name} is ${value}; expected a whole number from ${least} up`)
}

/** Refuses an option that must be a finite number above 0. @param who has the option, for messages. @throws InputError */
export function checkAboveZero(who: string, name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return
  throw new InputError(`${who}: ${name} is ${value}; expected a number above 0`)
}
