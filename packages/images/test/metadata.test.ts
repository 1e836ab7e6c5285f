import { deflateSync } from 'node:zlib'
import { InputError } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { decodePicture, formatOf, IMAGE_FORMATS, type Picture } from '../src/index.ts'
import { chunk, makePng } from './make-png.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** An ICC profile's header and nothing behind it. */
function profileOf(space: 'RGB ' | 'GRAY' | 'CMYK'): Uint8Array {
  const profile = Buffer.alloc(200, 7)
  profile.write(space, 16, 'latin1')
  profile.write('acsp', 36, 'latin1')
  return profile
}

/** EXIF with an orientation, sides, resolutions 300 and 200, and a thumbnail of three bytes at its end. */
function exifOf(orientation: number): Uint8Array {
  const entries = [
    [0x0112, 3, 1, orientation],
    [0x011a, 5, 1, 100],
    [0x011b, 5, 1, 108],
    [0x8769, 4, 1, 116],
  ]
  const tiff = Buffer.alloc(179)
  tiff.write('II*\0', 'latin1')
  tiff.writeUInt32LE(8, 4)
  const directory = (at: number, content: readonly (readonly number[])[], next: number): void => {
    tiff.writeUInt16LE(content.length, at)
    for (const [i, [tag, type, count, value]] of content.entries()) {
      tiff.writeUInt16LE(tag!, at + 2 + 12 * i)
      tiff.writeUInt16LE(type!, at + 4 + 12 * i)
      tiff.writeUInt32LE(count!, at + 6 + 12 * i)
      tiff.writeUInt32LE(value!, at + 10 + 12 * i)
    }
    tiff.writeUInt32LE(next, at + 2 + 12 * content.length)
  }
  directory(8, entries, 146)
  for (const [i, value] of [300, 1, 200, 1].entries()) tiff.writeUInt32LE(value, 100 + 4 * i)
  directory(
    116,
    [
      [0xa002, 4, 1, 3],
      [0xa003, 4, 1, 2],
    ],
    0,
  )
  directory(
    146,
    [
      [0x0201, 4, 1, 176],
      [0x0202, 4, 1, 3],
    ],
    0,
  )
  tiff.write('\xff\xd8\xff', 176, 'latin1')
  return tiff
}

const xmpOf = (orientation: number): Uint8Array =>
  latin1(`<x:xmpmeta><rdf:Description tiff:Orientation="${orientation}" dc:title="Gr\xc3\xbc\xc3\x9fe"/></x:xmpmeta>`)

/** 3x2 pixels of 16 bits with alpha, on its side, with all that PNG can say. */
const everything = makePng({
  width: 3,
  height: 2,
  depth: 16,
  colourType: 6,
  rows: [0, 1].map((y) => Array.from({ length: 24 }, (_, i) => 40 * y + i)),
  extra: [
    chunk('gAMA', [0, 0, 0xb1, 0x8f]),
    chunk(
      'cHRM',
      Array.from({ length: 32 }, (_, i) => i),
    ),
    chunk('iCCP', [...latin1('name\0\0'), ...deflateSync(profileOf('RGB '))]),
    chunk('pHYs', [0, 0, 0x2e, 0x23, 0, 0, 0x1e, 0xc2, 1]),
    chunk('eXIf', exifOf(6)),
    chunk('tEXt', latin1('Title\0A picture')),
    chunk('iTXt', [...latin1('XML:com.adobe.xmp\0\0\0\0\0'), ...xmpOf(6)]),
    chunk('sBIT', [9, 9, 9, 9]),
    chunk('acTL', [0, 0, 0, 1, 0, 0, 0, 0]),
  ],
})

const again = (name: string, picture: Picture, bits?: 8 | 16) => {
  const { bytes, dropped } = formatOf(name)!.encode(picture, bits === undefined ? {} : { bits })
  return { picture: decodePicture(bytes, name), dropped }
}

describe('what a picture says of itself', () => {
  it('is read from a PNG, for the picture that was turned upright', () => {
    const { image, alpha, bits, metadata } = decodePicture(everything)
    expect([image.width, image.height, image.channels, bits]).toEqual([2, 3, 3, 16])
    expect(alpha?.maximum).toBe(65535)
    // The lower left pixel stands upper left once the picture is turned clockwise; its alpha is the last of its four samples.
    expect(alpha?.data[0]).toBe((46 << 8) + 47)
    expect(image.data[0]).toBe(Math.fround(((40 << 8) + 41) / 65535))
    expect(metadata.gamma).toBe(0.45455)
    expect(metadata.resolution).toEqual({ x: 7874, y: 11811, unit: 'metre' })
    expect(metadata.colourProfile).toEqual(Uint8Array.from(profileOf('RGB ')))
    expect(metadata.pngChunks?.map(({ type }) => type)).toEqual(['cHRM', 'tEXt'])
    expect(metadata.xmp).toEqual(Uint8Array.from(xmpOf(1)))
    expect(metadata.dropped).toEqual(['animation (its first picture is used)'])
    const upright = Buffer.from(exifOf(1))
    for (const [at, value] of [
      [30, 108],
      [42, 100],
    ] as const)
      upright.writeUInt32LE(value, at)
    for (const [at, value] of [
      [126, 2],
      [138, 3],
    ] as const)
      upright.writeUInt32LE(value, at)
    upright.writeUInt32LE(0, 58)
    expect(metadata.exif).toEqual(Uint8Array.from(upright.subarray(0, 176)))
  })

  it('stands again in a PNG that is made of it', () => {
    const first = decodePicture(everything)
    const { picture, dropped } = again('x.png', first, 16)
    expect(dropped).toEqual([])
    expect(picture).toEqual({ ...first, metadata: { ...first.metadata, dropped: [] } })
  })

  it('stands in a JPEG as far as that can hold it, and what it cannot is named', () => {
    const { picture, dropped } = again('x.JPG', decodePicture(everything))
    const { metadata } = decodePicture(everything)
    expect(picture.metadata).toEqual({
      colourProfile: metadata.colourProfile,
      exif: metadata.exif,
      xmp: metadata.xmp,
      resolution: { x: 200, y: 300, unit: 'inch' },
      dropped: [],
    })
    expect(dropped).toEqual(['transparency (white shows through)', '16 bits a sample (8 are kept)', "PNG's cHRM, tEXt"])
  })

  it('comes from a JPEG into a PNG', () => {
    const jpeg = formatOf('x.jpeg')!.encode(decodePicture(everything), {}).bytes
    const marked = Buffer.concat([jpeg.subarray(0, 2), latin1('\xff\xfe\0\x04hi'), jpeg.subarray(2)])
    const first = decodePicture(marked)
    expect(first.metadata.dropped).toEqual(['comment'])
    const { picture } = again('x.png', first)
    expect(picture.image).toEqual(first.image)
    const { resolution, ...rest } = picture.metadata
    expect(resolution).toEqual({ x: 7874, y: 11811, unit: 'metre' })
    expect({ ...rest, resolution: first.metadata.resolution, dropped: ['comment'] }).toEqual(first.metadata)
  })

  it('keeps profiles longer than a segment, and drops those of other colours than the image has', () => {
    const { image } = decodePicture(everything)
    const colourProfile = Buffer.concat([profileOf('RGB '), Buffer.alloc(200_000, 3)])
    const long = again('x.jpg', { image, bits: 8, metadata: { colourProfile, dropped: [] } })
    expect(long.picture.metadata.colourProfile).toEqual(Uint8Array.from(colourProfile))
    for (const [space, name] of [
      ['CMYK', 'CMYK'],
      ['GRAY', 'grey'],
    ] as const) {
      const other = again('x.jpg', { image, bits: 8, metadata: { colourProfile: profileOf(space), dropped: [] } })
      expect(other.picture.metadata).toEqual({ dropped: [`colour profile (of ${name})`] })
    }
  })

  it('a colour that means transparent becomes transparency', () => {
    const png = makePng({ width: 2, height: 1, depth: 8, colourType: 0, rows: [[7, 8]], transparency: [0, 7] })
    const first = decodePicture(png)
    expect(first.alpha).toEqual({ maximum: 255, data: Uint8Array.of(0, 255) })
    expect(again('x.png', first).picture.alpha).toEqual(first.alpha)
    expect(again('x.png', first, 16).picture.alpha?.data).toEqual(Uint16Array.of(0, 65535))
  })
})

it('file names stand for formats in upper and lower case, and for nothing else', () => {
  const formats = ['a.PNG', 'b.jpg', 'b.JPEG', 'c.jpe', 'd.JfIf', 'e.tif', 'png', 'f.png/g'].map(
    (name) => formatOf(name)?.name,
  )
  expect(formats).toEqual(['PNG', 'JPEG', 'JPEG', 'JPEG', 'JPEG', undefined, undefined, undefined])
  expect(IMAGE_FORMATS.map(({ name }) => name)).toEqual(['PNG', 'JPEG'])
})

it('what is not finite is not written, and what is too large for a JPEG is said', () => {
  const picture = (width: number, value: number): Picture => ({
    image: { width, height: 1, channels: 1, data: new Float32Array(width).fill(value) },
    bits: 8,
    metadata: { dropped: [] },
  })
  expect(() => formatOf('x.jpg')!.encode(picture(1, Number.NaN), {})).toThrow(InputError)
  expect(() => formatOf('x.jpg')!.encode(picture(65_501, 0), {})).toThrow(
    /a JPEG cannot hold 65501x1 pixels .*write a PNG/,
  )
})
