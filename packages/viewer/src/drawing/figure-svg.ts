import { inOneLine } from '@noisescope/core/foreign'
import { type FigureContent, type FigurePart, planFigure, type TextStyle } from './figure-plan.ts'
import { FACES, FRAME, INK, MUTED, PAPER, TARGET } from './figure-style.ts'
import { coordinate } from './path.ts'
import { pngUrl } from './png.ts'
import { enlarged } from './raster.ts'

/**
 * A figure as one SVG file that needs nothing else: its pictures are PNGs within it, and its texts can be selected and searched.
 */
export async function figureSvg(content: FigureContent): Promise<string> {
  const { title, width, height, parts } = planFigure(content)
  const drawn = await Promise.all(parts.map(partOf))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FACES}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

async function partOf(part: FigurePart, index: number): Promise<string> {
  switch (part.kind) {
    case 'text':
      return `<text x="${coordinate(part.x)}" y="${coordinate(part.baseline)}" ${styleOf(part)}>${escaped(part.text)}</text>`
    case 'upwards': {
      const place = `translate(${coordinate(part.baseline)} ${coordinate(part.y)}) rotate(-90)`
      return `<text transform="${place}" text-anchor="middle" ${styleOf(part)}>${escaped(part.text)}</text>`
    }
    case 'frame':
      return `<rect ${boxOf(part.box)} fill="none" stroke="${part.of === 'target' ? TARGET : FRAME}"/>`
    case 'picture': {
      // Enlarged here: not every viewer keeps enlarged pixels sharp.
      const factor = Math.max(1, Math.round(part.box.width / part.raster.width))
      const url = await pngUrl(enlarged(part.raster, factor))
      return `<image ${boxOf(part.box)} preserveAspectRatio="none" href="${url}"><title>${escaped(part.name)}</title></image>`
    }
    case 'gradient': {
      const id = `scale-${index}`
      const stops = part.stops.map(
        ({ offset, colour }) => `<stop offset="${coordinate(offset)}" stop-color="${colour}"/>`,
      )
      return `<linearGradient id="${id}" x1="0" y1="1" x2="0" y2="0">${stops.join('')}</linearGradient><rect ${boxOf(part.box)} fill="url(#${id})"/>`
    }
  }
}

function boxOf({ x, y, width, height }: Extract<FigurePart, { kind: 'frame' }>['box']): string {
  return `x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}"`
}

const styleOf = ({ size, bold = false, muted = false }: TextStyle): string =>
  `font-size="${size}"${bold ? ' font-weight="bold"' : ''} fill="${muted ? MUTED : INK}"`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * A text as XML holds it. Left out are control characters, halves of surrogate pairs, U+FFFE and U+FFFF, which XML 1.0 cannot hold
 * (section 2.2, Char), and marks that turn the direction of what stands beside them.
 */
const escaped = (text: string): string =>
  inOneLine(text).replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')
