import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { PixelBox } from '../../src/analysis/index.ts'
import { estimatedWidth } from '../../src/drawing/figure-text.ts'
import {
  encodePng,
  type FigureContent,
  type FigurePlan,
  figureSvg,
  paintImage,
  planFigure,
  pngUrl,
  type Raster,
} from '../../src/drawing/index.ts'
import { elementsOf } from './well-formed.ts'

const raster = (width: number, height: number): Raster =>
  paintImage({
    width,
    height,
    values: Float32Array.from({ length: width * height }, (_, i) => i / (width * height)),
    scale: { kind: 'grey', low: 0, high: 1 },
  })

const content: FigureContent = {
  title: 'DnCNN <compact> & "noise"',
  pictures: [
    { heading: 'noisy', captions: ['28.1 dB'], raster: raster(28, 28), marks: [{ x: 12, y: 14, width: 1, height: 1 }] },
    {
      heading: 'pixel filter',
      raster: raster(28, 28),
      bar: { scale: { kind: 'signed', limit: 0.25 }, units: 'share of the pixel' },
    },
  ],
  facts: [
    { name: 'method', value: 'Pixel filter' },
    { name: 'row sum', value: '1.013' },
  ],
}

describe('a PNG', () => {
  test('has the size and the very bytes of its raster', async () => {
    const picture = raster(5, 3)
    const file = Buffer.from(await encodePng(picture))
    expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(file.toString('latin1', 12, 16)).toBe('IHDR')
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([5, 3])
    const length = file.readUInt32BE(33)
    expect(file.toString('latin1', 37, 41)).toBe('IDAT')
    const rows = inflateSync(file.subarray(41, 41 + length))
    expect(rows).toHaveLength(3 * (1 + 5 * 4))
    for (let y = 0; y < 3; y++) {
      expect([...rows.subarray(y * 21, (y + 1) * 21)]).toEqual([0, ...picture.data.subarray(y * 20, (y + 1) * 20)])
    }
    // The last chunk, with the checksum that every PNG ends in.
    expect(file.subarray(45 + length).toString('hex')).toBe('0000000049454e44ae426082')
  })

  test('is an address that holds it', async () => {
    const url = await pngUrl(raster(2, 2))
    const [head, base64 = ''] = url.split(',')
    expect(head).toBe('data:image/png;base64')
    expect([...Buffer.from(base64, 'base64')]).toEqual([...(await encodePng(raster(2, 2)))])
  })
})

describe('a figure as SVG', () => {
  test('is well formed whatever characters a name has', async () => {
    const title = `${String.fromCharCode(...Array.from({ length: 0xa0 }, (_, i) => i))}a\ud800\ufffe\uffff\u202e\u2028b`
    const texts = elementsOf(await figureSvg({ ...content, title })).filter(({ name }) => name === 'title')
    expect(texts.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^[^\p{Cc}]*~\p{Zs}?a ?b$/u))
  })

  test('is well formed, and its texts can be read', async () => {
    const elements = elementsOf(await figureSvg(content))
    const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text)
    expect(texts).toEqual([
      'DnCNN <compact> & "noise"',
      'noisy',
      'pixel filter',
      '28.1 dB',
      '−0.25',
      '−0.125',
      '0',
      '0.125',
      '0.25',
      'share of the pixel',
      'method: Pixel filter',
      'row sum: 1.013',
    ])
  })

  test('holds its pictures, enlarged by a whole factor', async () => {
    const images = elementsOf(await figureSvg(content)).filter(({ name }) => name === 'image')
    expect(images).toHaveLength(2)
    for (const { attributes } of images) {
      // 224 / 28 is a factor of 8.
      expect([attributes.width, attributes.height]).toEqual(['224', '224'])
      const file = Buffer.from(attributes.href?.split(',')[1] ?? '', 'base64')
      expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([224, 224])
    }
  })

  test('leaves out characters that XML cannot hold', async () => {
    const svg = await figureSvg({ ...content, title: 'a\u0000b\u001fc\nd' })
    expect(elementsOf(svg).find(({ name }) => name === 'text')?.text).toBe('abc d')
  })

  test.each([
    ['of 28 pixels around it', 28, { x: 96, y: 112, width: 8, height: 8 }],
    // Pixels of 2 x 2, the asked one from 24 to 26 and from 28 to 30: three more on each side.
    ['of 96 pixels around its surroundings, so that it is found', 96, { x: 21, y: 25, width: 8, height: 8 }],
  ])('frames the target in a picture %s', (_, side, expected) => {
    const { parts } = planFigure({
      ...content,
      pictures: [{ heading: 'noisy', raster: raster(side, side), marks: [{ x: 12, y: 14, width: 1, height: 1 }] }],
    })
    const picture = parts.find((part) => part.kind === 'picture')
    const target = parts.find((part) => part.kind === 'frame' && part.of === 'target')
    if (picture?.kind !== 'picture' || target?.kind !== 'frame') throw new Error('there is no picture or target')
    const { x, y, ...size } = target.box
    expect({ x: x - picture.box.x, y: y - picture.box.y, ...size }).toEqual(expected)
  })
})

type TextPart = Extract<FigurePlan['parts'][number], { kind: 'text' | 'upwards' }>

const isText = (part: FigurePlan['parts'][number]): part is TextPart => part.kind === 'text' || part.kind === 'upwards'

/** About where the letters are. */
function textBox(part: TextPart): PixelBox {
  const [long, high] = [estimatedWidth(part.text, part.size), part.size]
  return part.kind === 'text'
    ? { x: part.x, y: part.baseline - high, width: long, height: high }
    : { x: part.baseline - high, y: part.y - long / 2, width: high, height: long }
}

const overlap = (a: PixelBox, b: PixelBox): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('the layout of a figure', () => {
  const boxes = (figure: FigureContent) => planFigure(figure).parts.flatMap((part) => ('box' in part ? [part.box] : []))

  test.each([
    ['one pixel', [raster(1, 1)]],
    ['many small pictures', Array.from({ length: 9 }, () => raster(28, 28))],
    ['a photograph and a small map', [raster(481, 321), raster(7, 7)]],
    ['one that is too large', [raster(2000, 700)]],
    ['a flat one and a narrow one', [raster(500, 20), raster(3, 400)]],
    ['none', []],
  ])('keeps everything on the page and pictures apart: %s', (_, rasters) => {
    const figure = {
      ...content,
      pictures: rasters.map((each, i) => ({
        heading: `picture ${i}`,
        captions: ['a caption that needs more than one line in most of them, even below the larger ones'],
        raster: each,
        bar: { scale: { kind: 'signed', limit: 1 } as const, units: 'per unit of brightness' },
      })),
    }
    const plan = planFigure(figure)
    for (const { x, y, width, height } of boxes(figure)) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(plan.width)
      expect(y + height).toBeLessThanOrEqual(plan.height)
    }
    const pictures = plan.parts.filter((part) => part.kind === 'picture').map(({ box }) => box)
    pictures.forEach((a, i) => {
      for (const b of pictures.slice(i + 1)) {
        expect(overlap(a, b)).toBe(false)
      }
      // Whatever is enlarged is so by a whole factor.
      const factor = a.width / (rasters[i]?.width ?? 1)
      expect(factor <= 1 || Number.isInteger(factor)).toBe(true)
    })
    const texts = plan.parts.flatMap((part) => (isText(part) ? [textBox(part)] : []))
    texts.forEach((text, i) => {
      expect(text.y + text.height).toBeLessThanOrEqual(plan.height)
      expect(text.x + text.width).toBeLessThanOrEqual(plan.width)
      for (const other of [...texts.slice(i + 1), ...pictures]) {
        expect(overlap(text, other), JSON.stringify([text, other])).toBe(false)
      }
    })
  })

  test('breaks long texts into lines', () => {
    const value = 'the mean over 12 pixels less the mean over 30 others of the denoised image, '.repeat(6)
    const plan = planFigure({ ...content, facts: [{ name: 'target', value }] })
    const lines = plan.parts.flatMap((part) =>
      part.kind === 'text' && part.size === 12 && !part.muted ? [part.text] : [],
    )
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.join(' ')).toBe(`target: ${value.trim()}`)
  })

  test('breaks what has no spaces where a line is full', () => {
    const title = '\u96d1\u97f3\u3092\u53d6\u308a\u9664\u304f'.repeat(20)
    const plan = planFigure({ ...content, title })
    const lines = plan.parts.flatMap((part) => (part.kind === 'text' && part.size === 17 ? [part.text] : []))
    expect(lines.join('')).toBe(title)
    expect(Math.max(...lines.map((line) => line.length * 17))).toBeLessThanOrEqual(plan.width)
  })
})
