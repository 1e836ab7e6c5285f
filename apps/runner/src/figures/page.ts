import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas'
import { css, type Rgb } from '@noisescope/palettes'
import type { Box, Figure, Label, Raster, Tile } from './figure.ts'
import { type Font, lineHeight, setFont, textWidth } from './font.ts'

/** Greys of the pages, on white. */
export const INK: Rgb = [34, 34, 34]
export const MUTED: Rgb = [96, 96, 96]
export const RULE: Rgb = [205, 205, 205]
export const PAPER: Rgb = [255, 255, 255]

/** How a text is set; `align` says which point of its line `x` is. */
export interface TextStyle extends Font {
  readonly align?: 'left' | 'center' | 'right' | undefined
  readonly colour?: Rgb | undefined
}

/** How a line is drawn. */
export interface Stroke {
  readonly colour: Rgb
  /** In pixels. */
  readonly width: number
  /** 1, the default, covers what lies beneath. */
  readonly opacity?: number | undefined
}

/** A point of a page, in pixels from its top left corner. */
export type Point = readonly [x: number, y: number]

/** A white page to draw on, which remembers where its texts and pictures lie. */
export class Page {
  readonly #width: number
  readonly #height: number
  readonly #context: SKRSContext2D
  readonly #labels: Label[] = []
  readonly #tiles: Tile[] = []

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
    this.#context = createCanvas(width, height).getContext('2d')
    this.fill({ x: 0, y: 0, width, height }, PAPER)
  }

  /** One line of text whose box begins at `top`. */
  text(text: string, x: number, top: number, style: TextStyle): void {
    const { align = 'left', colour = INK } = style
    const width = textWidth(text, style)
    const left = Math.round(x - (align === 'left' ? 0 : align === 'center' ? width / 2 : width))
    this.#write(text, left, top, style, colour)
    this.#labels.push({ text, x: left, y: top, width, height: lineHeight(style) })
  }

  /** Lines of text one below the other. */
  paragraph(lines: readonly string[], x: number, top: number, style: TextStyle): void {
    for (const [i, line] of lines.entries()) this.text(line, x, top + i * lineHeight(style), style)
  }

  /** One line of text that reads upwards, its box beginning at `left` and centred on `middle`. */
  textUpwards(text: string, left: number, middle: number, style: TextStyle): void {
    const width = textWidth(text, style)
    const bottom = Math.round(middle + width / 2)
    this.#context.save()
    this.#context.translate(left, bottom)
    this.#context.rotate(-Math.PI / 2)
    this.#write(text, 0, 0, style, style.colour ?? INK)
    this.#context.restore()
    this.#labels.push({ text, x: left, y: bottom - width, width: lineHeight(style), height: width })
  }

  /** A filled rectangle. */
  fill({ x, y, width, height }: Box, colour: Rgb): void {
    this.#context.fillStyle = css(colour)
    this.#context.fillRect(x, y, width, height)
  }

  /** A frame one pixel wide around a rectangle, outside of it. */
  frame({ x, y, width, height }: Box, colour: Rgb): void {
    this.#context.strokeStyle = css(colour)
    this.#context.lineWidth = 1
    this.#context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1)
  }

  /** A line through the points; a point that is not finite breaks it. */
  line(points: Iterable<Point>, { colour, width, opacity = 1 }: Stroke): void {
    const context = this.#context
    context.beginPath()
    let pen = false
    for (const [x, y] of points) {
      const drawable = Number.isFinite(x) && Number.isFinite(y)
      if (drawable && pen) context.lineTo(x, y)
      else if (drawable) context.moveTo(x, y)
      pen = drawable
    }
    context.strokeStyle = css(colour)
    context.globalAlpha = opacity
    context.lineWidth = width
    context.lineJoin = 'round'
    context.stroke()
    context.globalAlpha = 1
  }

  /** A disc of the colour with a white rim. */
  dot([x, y]: Point, radius: number, colour: Rgb): void {
    const context = this.#context
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.fillStyle = css(colour)
    context.fill()
    context.strokeStyle = css(PAPER)
    context.lineWidth = 1.5
    context.stroke()
  }

  /** A picture at its own size, pixel by pixel, remembered under its name. */
  picture(name: string, { width, height, data }: Raster, x: number, y: number): void {
    const image = this.#context.createImageData(width, height)
    for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
      image.data[to] = data[from] as number
      image.data[to + 1] = data[from + 1] as number
      image.data[to + 2] = data[from + 2] as number
      image.data[to + 3] = 255
    }
    this.#context.putImageData(image, x, y)
    this.#tiles.push({ name, x, y, width, height })
  }

  /** What has been drawn. */
  figure(): Figure {
    const { data } = this.#context.getImageData(0, 0, this.#width, this.#height)
    const rgb = new Uint8Array(this.#width * this.#height * 3)
    for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
      rgb[to] = data[from] as number
      rgb[to + 1] = data[from + 1] as number
      rgb[to + 2] = data[from + 2] as number
    }
    return { width: this.#width, height: this.#height, data: rgb, labels: this.#labels, tiles: this.#tiles }
  }

  #write(text: string, left: number, top: number, font: Font, colour: Rgb): void {
    setFont(this.#context, font)
    this.#context.fillStyle = css(colour)
    this.#context.fillText(text, left, top + Math.round(font.size * 1.02))
  }
}
