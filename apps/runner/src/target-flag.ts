import { InputError } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'
import {
  channel,
  contrast,
  detail,
  error,
  type ImageTarget,
  type Mask,
  pixel,
  rectangle,
  region,
  removed,
  type Size,
  type Target,
} from '@noisescope/explain'
import { decodeImage, toGrey } from '@noisescope/images'

/** How `--target` is written. */
export const TARGET_FORMS =
  'pixel:X,Y[,CHANNEL]; region:AREA; contrast:AREA/AREA; removed:AREA; error:AREA; detail:AREA; channel:LAYER,NUMBER[,X,Y]; ' +
  'where AREA is X,Y,WIDTH,HEIGHT, or all, or a PNG file with white pixels on black'

/**
 * The target that a flag describes, for an image of a size.
 * @param of the image that pixels and regions are of.
 * @throws InputError saying what was expected.
 */
export async function targetFrom(text: string, size: Size, of: ImageTarget): Promise<Target> {
  const colon = text.indexOf(':')
  const [kind, rest] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  switch (kind) {
    case 'pixel': {
      const [x, y, index] = numbersOf(rest, text, 2, 3)
      return pixel(x as number, y as number, of, index)
    }
    case 'region':
      return region(await areaFrom(rest, size, text), of)
    case 'contrast': {
      const [first, second, ...more] = rest.split('/')
      if (first === undefined || second === undefined || more.length > 0) throw refusal(text)
      return contrast(await areaFrom(first, size, text), await areaFrom(second, size, text), of)
    }
    case 'removed':
      return removed(await areaFrom(rest, size, text))
    case 'error':
      return error(await areaFrom(rest, size, text))
    case 'detail':
      return detail(await areaFrom(rest, size, text), of)
    case 'channel': {
      const [layer = '', ...numbers] = rest.split(',')
      const [index, x, y] = numbersOf(numbers.join(','), text, 1, 3)
      if ((x === undefined) !== (y === undefined)) throw refusal(text)
      return channel(layer, index as number, x === undefined || y === undefined ? undefined : { x, y })
    }
    default:
      throw refusal(text)
  }
}

async function areaFrom(text: string, size: Size, whole: string): Promise<Mask> {
  if (text === 'all') return rectangle(size, 0, 0, size.width, size.height)
  if (/\.png$/i.test(text)) return maskFile(text)
  const [x, y, width, height] = numbersOf(text, whole, 4, 4)
  return rectangle(size, x as number, y as number, width as number, height as number)
}

async function maskFile(path: string): Promise<Mask> {
  const bytes = await readWhole(path, { refusal: (finding) => `the mask ${path} ${finding}` })
  const { width, height, data } = toGrey(decodeImage(bytes, path))
  return { width, height, data: Uint8Array.from(data, (value) => Number(value >= 0.5)) }
}

function numbersOf(text: string, whole: string, least: number, most: number): number[] {
  const numbers = text === '' ? [] : text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (numbers.length < least || numbers.length > most || numbers.some((each) => !Number.isInteger(each))) {
    throw refusal(whole)
  }
  return numbers
}

const refusal = (text: string): InputError =>
  new InputError(`--target ${text}: expected one of ${TARGET_FORMS}, in whole pixels`)
