/** A picture of `height` rows of `width` pixels, three bytes (red, green, blue) each. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** A rectangle of a page, in pixels from its top left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A text on a page and the rectangle that it takes. */
export interface Label extends Box {
  readonly text: string
}

/** A picture on a page: what it shows and where. */
export interface Tile extends Box {
  readonly name: string
}

/** A finished page: its pixels, and where each text and each picture on it lies. */
export interface Figure extends Raster {
  readonly labels: readonly Label[]
  readonly tiles: readonly Tile[]
}
