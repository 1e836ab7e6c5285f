/** What a row of a denoiser's Jacobian is like, as a filter. */
export interface FilterWidth {
  /** 1: the brightness is kept. */
  readonly rowSum: number
  /** Over how many values it averages: 1 / sum of squares, read directly when the row sum is near 1; 0 where it hardly answers. */
  readonly effectivePixels: number
}

/**
 * The sum and the width of a filter. One with a row sum of 1 averages at most over all its values; one that would average over
 * more hardly answers at all (a saturated end, a dead channel), and then the width is 0 instead of a number without meaning.
 */
export function filterWidth(row: Float32Array): FilterWidth {
  let [rowSum, squares] = [0, 0]
  for (const value of row) {
    rowSum += value
    squares += value * value
  }
  return { rowSum, effectivePixels: squares * row.length < 1 ? 0 : 1 / squares }
}
