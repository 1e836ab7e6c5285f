/**
 * Takes the filter of a row back, in place (PNG specification, section 9).
 *
 * @param row the number of the filter, and the bytes behind it
 * @param above the row before, in the same layout; zeros above the first
 * @param distance bytes a pixel, at least 1
 * @returns false where there is no filter of that number
 */
export function unfilter(row: Uint8Array, above: Uint8Array, distance: number): boolean {
  const { length } = row
  switch (row[0]) {
    case 0:
      return true
    case 1:
      for (let i = 1 + distance; i < length; i++) row[i] = (row[i] as number) + (row[i - distance] as number)
      return true
    case 2:
      for (let i = 1; i < length; i++) row[i] = (row[i] as number) + (above[i] as number)
      return true
    case 3:
      for (let i = 1; i < length; i++) {
        const left = i > distance ? (row[i - distance] as number) : 0
        row[i] = (row[i] as number) + ((left + (above[i] as number)) >> 1)
      }
      return true
    case 4:
      for (let i = 1; i < length; i++) {
        const isFirst = i <= distance
        const left = isFirst ? 0 : (row[i - distance] as number)
        const corner = isFirst ? 0 : (above[i - distance] as number)
        row[i] = (row[i] as number) + paeth(left, above[i] as number, corner)
      }
      return true
    default:
      return false
  }
}

/** Of left, above and upper left the one that is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}
