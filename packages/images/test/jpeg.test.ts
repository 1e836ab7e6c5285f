import { InputError } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { createImage, decodeImage, formatOf, type Image, toGrey } from '../src/index.ts'
import { itWithSharedCases } from './shared-data.ts'

/** A smooth 24x16 picture, made by the encoder: red rises to the right, green downwards. */
const picture = (() => {
  const [width, height] = [24, 16]
  const colours = [(x: number) => x * 10, (_: number, y: number) => y * 15, () => 100]
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (width * height)), i % (width * height)]
    return colours[channel]!(pixel % width, Math.floor(pixel / width)) / 255
  })
  const image = createImage(width, height, 3, data)
  return { image, bytes: jpegOf(image) }
})()

function jpegOf(image: Image, metadata = {}): Uint8Array {
  return formatOf('x.jpg')!.encode({ image, bits: 8, metadata: { dropped: [], ...metadata } }, {}).bytes
}

/** 6x10 pixels of one channel, row y has the value 28 y; written by libvips. */
const GREY = Buffer.from(
  '/9j/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAKAAYBAR' +
    'EA/8QAFQABAQAAAAAAAAAAAAAAAAAABwr/xAAfEAABAAsAAAAAAAAAAAAAAAAAAgQGFhlWZpSk0eH/2gAIAQEAAD8AB4ANFY/Clp2Gal5RtENH' +
    '/9k=',
  'base64',
)
/** 20x12 pixels of (200, 40, 90), progressive, colour at half resolution; written by libvips. */
const PROGRESSIVE = Buffer.from(
  '/9j/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQ' +
    'kFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAMABQDASIAAhEBAxEB/8QAFQAB' +
    'AQAAAAAAAAAAAAAAAAAAAAb/xAAWAQEBAQAAAAAAAAAAAAAAAAAAAgf/2gAMAwEAAhADEAAAAZERsoH/xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9' +
    'oACAEBAAEFAl//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAEDAQE/AT//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAECAQE/AT//xAAUEAEA' +
    'AAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Al//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/IV//2gAMAwEAAgADAAAAEP8A/wD/xAAUEQ' +
    'EAAAAAAAAAAAAAAAAAAAAQ/9oACAEDAQE/ED//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAECAQE/ED//xAAUEAEAAAAAAAAAAAAAAAAAAAAg' +
    '/9oACAEBAAE/EF//2Q==',
  'base64',
)

/** Puts an EXIF segment that says nothing but the orientation behind the first two bytes. */
function withOrientation(bytes: Uint8Array, orientation: number, byteOrder: 'II' | 'MM'): Uint8Array {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4)
  const [write16, write32] =
    byteOrder === 'II'
      ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
      : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)]
  tiff.write(byteOrder, 'latin1')
  write16(42, 2)
  write32(8, 4)
  write16(1, 8)
  write16(0x0112, 10)
  write16(3, 12)
  write32(1, 14)
  write16(orientation, 18)
  const length = 2 + 6 + tiff.length
  const segment = Buffer.concat([Buffer.of(0xff, 0xe1, length >> 8, length & 255), Buffer.from('Exif\0\0'), tiff])
  return Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)])
}

function changed(bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(values, offset)
  return copy
}

/** A frame header and a scan that name so many components, and nothing behind. */
function withComponents(count: number): Uint8Array {
  const ids = Array.from({ length: count }, (_, i) => i + 1)
  return Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xc0, 0, 8 + 3 * count, 8, 0, 8, 0, 8, count, ...ids.flatMap((id) => [id, 0x11, 0])],
    ...[0xff, 0xda, 0, 6 + 2 * count, count, ...ids.flatMap((id) => [id, 0]), 0, 63, 0, 0, 0, 0xff, 0xd9],
  )
}

/** Where the frame header's marker 0xffc0 stands. */
const frame = picture.bytes.findIndex((byte, index) => byte === 0xff && picture.bytes[index + 1] === 0xc0)

describe('decoding JPEG', () => {
  it('gives back a smooth picture within a few grey levels', () => {
    const image = decodeImage(picture.bytes)
    expect([image.width, image.height, image.channels]).toEqual([24, 16, 3])
    let worst = 0
    for (const [i, value] of image.data.entries()) worst = Math.max(worst, Math.abs(value - picture.image.data[i]!))
    expect(worst * 255).toBeLessThan(8)
  })

  it('gives one channel for a grey file', () => {
    const image = decodeImage(GREY)
    expect([image.width, image.height, image.channels]).toEqual([6, 10, 1])
    for (const [index, value] of image.data.entries()) {
      expect(Math.abs(value * 255 - Math.floor(index / 6) * 28)).toBeLessThan(4)
    }
  })

  it('reads progressive files with colour at half resolution', () => {
    const image = decodeImage(PROGRESSIVE)
    expect([image.width, image.height, image.channels]).toEqual([20, 12, 3])
    for (const [channel, expected] of [200, 40, 90].entries()) {
      expect(Math.abs((image.data[channel * 240] as number) * 255 - expected)).toBeLessThan(3)
    }
  })

  it.each(['II', 'MM'] as const)('turns pictures upright by their EXIF orientation (byte order %s)', (byteOrder) => {
    const corner = (orientation: number): string => {
      const image = toGrey(decodeImage(withOrientation(picture.bytes, orientation, byteOrder)))
      const { width, height, data } = image
      const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((index) => data[index] as number)
      const darkest = ['upper left', 'upper right', 'lower left', 'lower right'][corners.indexOf(Math.min(...corners))]
      // Green, the brighter, rises along the side that was the height.
      const alongWidth = Math.abs((data[width - 1] as number) - (data[0] as number))
      const alongHeight = Math.abs((data[(height - 1) * width] as number) - (data[0] as number))
      return `${width}x${height} ${darkest} ${alongHeight > alongWidth ? 'upright' : 'on its side'}`
    }
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(corner)).toEqual([
      '24x16 upper left upright',
      '24x16 upper left upright',
      '24x16 upper right upright',
      '24x16 lower right upright',
      '24x16 lower left upright',
      '16x24 upper left on its side',
      '16x24 upper right on its side',
      '16x24 lower right on its side',
      '16x24 lower left on its side',
      '24x16 upper left upright',
    ])
  })

  it('reads a file that lacks only its end', () => {
    for (const bytes of [picture.bytes, PROGRESSIVE, GREY]) {
      expect(decodeImage(bytes.subarray(0, -2))).toEqual(decodeImage(bytes))
    }
  })

  itWithSharedCases('reads the files that once failed as djpeg does', 'images', async (read) => {
    const shown: Record<string, string> = {}
    for (const name of ['arith', 'cmyk_noadobe', 'nodht', 'noeoi', 'or6long', 'prst3b', 'rgb_adobe_or_ids']) {
      const { width, height, channels, data } = decodeImage(await read(`${name}.jpg`), name)
      const sum = data.reduce((total, value) => total + Math.round(value * 255), 0)
      shown[name] = `${width}x${height}x${channels}, sum ${sum}`
    }
    expect(shown).toMatchInlineSnapshot(`
      {
        "arith": "163x100x3, sum 6472571",
        "cmyk_noadobe": "163x100x3, sum 6472085",
        "nodht": "163x100x3, sum 6473459",
        "noeoi": "163x100x3, sum 6473459",
        "or6long": "100x163x3, sum 6473459",
        "prst3b": "163x100x3, sum 6472571",
        "rgb_adobe_or_ids": "163x100x3, sum 6472085",
      }
    `)
  })

  itWithSharedCases(
    'refuses scans that go over a picture more often than its data bears out',
    'hostile',
    async (read) => {
      const bytes = await read('jpeg-scans.jpg')
      expect(() => decodeImage(bytes, 'scans.jpg')).toThrow(/takes at least 31250 bytes and it has 31108/)
      const last = bytes.lastIndexOf(Buffer.of(0xff, 0xda))
      const scans = Array.from({ length: 100 }, () => bytes.subarray(last, -2))
      const more = Buffer.concat([bytes.subarray(0, -2), ...scans, bytes.subarray(-2)])
      expect(() => decodeImage(more, 'scans.jpg')).toThrow(/its scans go over the picture more often/)
    },
  )

  it('refuses a file wherever it is cut', () => {
    for (const bytes of [picture.bytes, PROGRESSIVE, GREY]) {
      for (let length = 0; length < bytes.length - 2; length += 7) {
        expect(() => decodeImage(bytes.subarray(0, length)), `cut to ${length} bytes`).toThrow(InputError)
      }
    }
  })

  it.each([
    ['an absurd size', changed(picture.bytes, frame + 5, 0xea, 0x60, 0xea, 0x60), /60000x60000, more than/],
    ['no height', changed(picture.bytes, frame + 5, 0, 0), /Empty JPEG image/],
    [
      'a size that its data cannot fill',
      changed(picture.bytes, frame + 5, 8, 0, 8, 0),
      /takes at least \d+ bytes and it has/,
    ],
    ['two components', withComponents(2), /truncated or damaged/],
    ['a hierarchical frame', changed(picture.bytes, frame + 1, 0xc5), /Unsupported JPEG process/],
    ['an end right after the start', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), /contains no image/],
    ['noise behind the start', Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3, 4, 5, 6), /truncated or damaged JPEG/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeImage(bytes, 'bad.jpg')).toThrow(InputError)
    expect(() => decodeImage(bytes, 'bad.jpg')).toThrow(message)
  })
})

it('is read whatever its length: where the memory of the decoder grows makes no difference', () => {
  const segment = (length: number): Uint8Array => {
    const comment = new Uint8Array(length + 4)
    comment.set([0xff, 0xfe, (length + 2) >> 8, (length + 2) & 255])
    return comment
  }
  const expected = decodeImage(GREY)
  for (let kibibytes = 4; kibibytes <= 512; kibibytes += 4) {
    const segments = Array.from({ length: kibibytes / 4 }, () => segment(4092))
    const longer = Buffer.concat([GREY.subarray(0, 2), ...segments, GREY.subarray(2)])
    expect(decodeImage(longer), `${kibibytes} KiB`).toEqual(expected)
  }
})
