/** How a stored picture is to be turned to stand upright, as EXIF (2.32, tag 0x0112) numbers it; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Whether a picture that is turned upright exchanges width and height. */
export const turnsSides = (orientation: Orientation): boolean => orientation >= 5

/**
 * Where the pixels of a stored picture of width x height lie, row by row, in the upright one: the pixel (x, y) at
 * `origin + x * alongRow + y * betweenRows`.
 */
export function uprightPlaces(
  width: number,
  height: number,
  orientation: Orientation,
): { readonly origin: number; readonly alongRow: number; readonly betweenRows: number } {
  const last = width * height - 1
  switch (orientation) {
    case 1:
      return { origin: 0, alongRow: 1, betweenRows: width }
    case 2:
      return { origin: width - 1, alongRow: -1, betweenRows: width }
    case 3:
      return { origin: last, alongRow: -1, betweenRows: -width }
    case 4:
      return { origin: last - width + 1, alongRow: 1, betweenRows: -width }
    case 5:
      return { origin: 0, alongRow: height, betweenRows: 1 }
    case 6:
      return { origin: height - 1, alongRow: height, betweenRows: -1 }
    case 7:
      return { origin: last, alongRow: -height, betweenRows: -1 }
    case 8:
      return { origin: last - height + 1, alongRow: -height, betweenRows: 1 }
  }
}
