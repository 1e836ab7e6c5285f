/** A coordinate as it stands in an SVG: to a hundredth. */
export const coordinate = (value: number): string => String(Math.round(value * 100) / 100 || 0)

/** Straight lines through points for the `d` of an SVG path; a point that is not finite breaks the line. */
export function linePath(points: Iterable<readonly [x: number, y: number]>): string {
  let [path, drawing] = ['', false]
  for (const [x, y] of points) {
    const finite = Number.isFinite(x) && Number.isFinite(y)
    if (finite) path += `${drawing ? 'L' : 'M'}${coordinate(x)},${coordinate(y)}`
    drawing = finite
  }
  return path
}
