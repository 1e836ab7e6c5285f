import type { Scale } from '@noisescope/palettes'
import { type Planes, planeOf, sizeOf, valuesOf } from '../analysis/index.ts'
import { paintImage, paintSheet, type Raster, type SheetContent, type SheetLayout } from '../drawing/index.ts'

/** Something that a canvas shows. */
export interface Painting {
  /** Paintings with the same items look the same. */
  readonly key: readonly unknown[]
  /** Paints, on the raster of an earlier painting if it has the right size. */
  paint(reused: Raster | undefined): Raster
}

/** A plane of a tensor, or without its number all of the tensor's as an image. */
export const pictureOf = (tensor: Planes, scale: Scale, channel?: number): Painting => ({
  key: [tensor, channel, ...Object.values(scale)],
  paint: (reused) => {
    const values = channel === undefined ? valuesOf(tensor) : planeOf(tensor, channel)
    return paintImage({ ...sizeOf(tensor), values, scale }, reused)
  },
})

/** The channels of a tensor on one canvas. @param colours what the colours depend on */
export const sheetOf = (
  tensor: Planes,
  layout: SheetLayout,
  scaleOf: SheetContent['scaleOf'],
  colours: readonly unknown[],
): Painting => ({
  key: [tensor, layout.width, layout.cellWidth, layout.cellHeight, layout.channels.join(), ...colours],
  paint: (reused) => paintSheet(layout, { values: valuesOf(tensor), scaleOf }, reused),
})
