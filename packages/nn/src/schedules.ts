/** Learning rate by progress in epochs (a fraction within an epoch). */
export type Schedule = (epoch: number) => number

/** Always the same rate. */
export const constantSchedule =
  (rate: number): Schedule =>
  () =>
    rate

/** The rate times `factor` at each epoch of `milestones`. */
export const stepSchedule =
  (rate: number, milestones: readonly number[], factor = 0.1): Schedule =>
  (epoch) =>
    rate * factor ** milestones.filter((milestone) => epoch >= milestone).length

/** From `from` to `to` over `epochs`, evenly in the logarithm. */
export const exponentialSchedule =
  (from: number, to: number, epochs: number): Schedule =>
  (epoch) =>
    from * (to / from) ** Math.min(epoch / epochs, 1)

/** From `from` to `to` over `epochs` along half a cosine (Loshchilov and Hutter 2017, equation 5). */
export const cosineSchedule =
  (from: number, to: number, epochs: number): Schedule =>
  (epoch) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(epoch / epochs, 1)))) / 2
