/** Red, green and blue, each 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** A colour for every value, NaN and infinities included. */
export type Colouring = (value: number) => Rgb

/** Where a value is not finite: no colour of any scale comes near this one. */
export const NOT_FINITE: Rgb = [230, 0, 150]

/** A value on 0..1, clipped, as a byte. */
export function toByte(value: number): number {
  return Math.round(Math.min(Math.max(value, 0), 1) * 255)
}

/** A colour as canvas and style sheets write it. */
export function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`
}
