import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySymmetry, createImage, decodeImage, decodePicture, encodePng } from '../src/index.ts'
import { arbitraryImage } from './arbitrary-image.ts'
import { chunk, END, header, makePng, SIGNATURE } from './make-png.ts'
import { itWithSharedCases, itWithSharedData, SHARED_DATA } from './shared-data.ts'

const values = (data: Float32Array): number[] => Array.from(data)
const grey = makePng({
  width: 3,
  height: 2,
  depth: 8,
  colourType: 0,
  rows: [
    [0, 51, 255],
    [10, 20, 30],
  ],
})

describe('encoding PNG', () => {
  it.each([8, 16] as const)('with %i bits and decoding gives the image rounded to that precision', (bits) => {
    fc.assert(
      fc.property(arbitraryImage(), (image) => {
        const back = decodeImage(encodePng(image, { bits }))
        expect([back.width, back.height, back.channels]).toEqual([image.width, image.height, image.channels])
        const maximum = 2 ** bits - 1
        const rounded = values(image.data).map((value) => Math.fround(Math.round(value * maximum) / maximum))
        expect(values(back.data)).toEqual(rounded)
      }),
      { numRuns: 40 },
    )
  })

  it('clips what lies outside 0..1 and refuses what is not finite', () => {
    const back = decodeImage(encodePng(createImage(2, 1, 1, Float32Array.of(-0.3, 1.7))))
    expect(values(back.data)).toEqual([0, 1])
    expect(() => encodePng(createImage(2, 1, 1, Float32Array.of(0, Number.NaN)))).toThrow(/NaN at channel 0, x 1, y 0/)
  })
})

describe('decoding PNG', () => {
  it('reads 8-bit grey', () => {
    const image = decodeImage(grey)
    expect([image.width, image.height, image.channels]).toEqual([3, 2, 1])
    expect(values(image.data)).toEqual([0, 51, 255, 10, 20, 30].map((byte) => Math.fround(byte / 255)))
  })

  it.each([
    [1, [0b10110000], [1, 0, 1, 1, 0]],
    [2, [0b00011011, 0b01000000], [0, 1 / 3, 2 / 3, 1, 1 / 3]],
    [4, [0x0f, 0x37, 0x80], [0, 1, 3 / 15, 7 / 15, 8 / 15]],
  ])('reads grey of %i bits, rows padded to whole bytes', (depth, row, expected) => {
    const image = decodeImage(makePng({ width: 5, height: 2, depth, colourType: 0, rows: [row, row] }))
    expect(values(image.data)).toEqual([...expected, ...expected].map(Math.fround))
  })

  it('keeps all 16 bits', () => {
    const rows = [[0x12, 0x34, 0xff, 0xfe]]
    const image = decodeImage(makePng({ width: 2, height: 1, depth: 16, colourType: 0, rows }))
    expect(values(image.data)).toEqual([Math.fround(0x1234 / 65535), Math.fround(0xfffe / 65535)])
  })

  it('reads RGB into planes', () => {
    const rows = [[255, 0, 0, 0, 255, 51]]
    expect(values(decodeImage(makePng({ width: 2, height: 1, depth: 8, colourType: 2, rows })).data)).toEqual(
      [1, 0, 0, 1, 0, 0.2].map(Math.fround),
    )
  })

  it('reads a palette of 2 bits with transparent entries', () => {
    const image = decodeImage(
      makePng({
        width: 3,
        height: 1,
        depth: 2,
        colourType: 3,
        rows: [[0b00011000]],
        palette: [255, 0, 0, 0, 0, 255, 0, 255, 0],
        transparency: [255, 0],
      }),
      'palette.png',
      { background: 0.5 },
    )
    expect(values(image.data)).toEqual([1, 0.5, 0, 0, 0.5, 1, 0, 0.5, 0])
  })

  it.each([
    ['grey', 4, [100, 51, 100, 255], 1],
    ['colour', 6, [100, 100, 100, 51, 100, 100, 100, 255], 3],
  ])('composes %s with alpha over white, or the background asked for', (_, colourType, row, channels) => {
    const png = makePng({ width: 2, height: 1, depth: 8, colourType, rows: [row] })
    const [overWhite] = values(decodeImage(png).data)
    expect(overWhite).toBeCloseTo(0.2 * (100 / 255) + 0.8, 6)
    const overBlack = decodeImage(png, 'x.png', { background: 0 })
    expect(overBlack.channels).toBe(channels)
    expect(overBlack.data[0]).toBeCloseTo(0.2 * (100 / 255), 6)
    expect(overBlack.data[1]).toBe(Math.fround(100 / 255))
  })

  it('takes the one transparent grey of a grey PNG as transparent', () => {
    const png = makePng({ width: 3, height: 1, depth: 8, colourType: 0, rows: [[7, 8, 7]], transparency: [0, 7] })
    expect(values(decodeImage(png).data)).toEqual([1, Math.fround(8 / 255), 1])
  })

  it('reads Adam7 interlacing of 8 bits and below', () => {
    // 2x2: pass 1 holds (0, 0), pass 6 (1, 0), pass 7 the second row.
    const parts = { width: 2, height: 2, colourType: 0, interlaced: true }
    const image = decodeImage(makePng({ ...parts, depth: 8, rows: [[10], [20], [30, 40]] }))
    expect(values(image.data)).toEqual([10, 20, 30, 40].map((byte) => Math.fround(byte / 255)))
    const bits = decodeImage(makePng({ ...parts, depth: 1, rows: [[128], [0], [128]] }))
    expect(values(bits.data)).toEqual([1, 0, 1, 0])
  })

  it('passes over what lies behind the last pixel, however much it unpacks to', () => {
    const pixels = Uint8Array.of(0, 7, 8, 9, ...new Uint8Array(1000))
    const parts = [header({ width: 3, height: 1, depth: 8, colourType: 0 }), chunk('IDAT', deflateSync(pixels))]
    const image = decodeImage(Buffer.concat([SIGNATURE, ...parts, chunk('IDAT', [1, 2, 3]), END]))
    expect(values(image.data)).toEqual([7, 8, 9].map((byte) => Math.fround(byte / 255)))
    const bomb = [parts[0]!, chunk('IDAT', deflateSync(Buffer.concat([pixels, Buffer.alloc(3e7)])))]
    expect(decodeImage(Buffer.concat([SIGNATURE, ...bomb, END])).data).toEqual(image.data)
  })

  itWithSharedCases('reads the files that once failed as libpng does', 'images', async (read) => {
    const turned = decodeImage(await read('exif6.png'))
    const upright = decodeImage(await read('extra_idat_data.png'))
    expect([turned.width, turned.height]).toEqual([20, 31])
    expect(turned).toEqual(applySymmetry(upright, 1))
    expect(decodeImage(await read('p4_17x33_i1.png'))).toMatchObject({ width: 17, height: 33, channels: 3 })
    const { image, bits } = decodePicture(await read('low16.png'))
    expect([bits, new Set(image.data).size]).toEqual([16, 2298])
    expect(decodePicture(await read('rgba.png')).alpha?.data).toHaveLength(120 * 96)
  })

  it('ignores chunks that the pixels do not need, even broken ones', () => {
    const rows = [
      [0, 51, 255],
      [10, 20, 30],
    ]
    const extra = [chunk('iCCP', [65, 0, 0, 1, 2, 3]), chunk('tEXt', [1, 2, 3])]
    const image = decodeImage(makePng({ width: 3, height: 2, depth: 8, colourType: 0, rows, extra }))
    expect(values(image.data)).toEqual(values(decodeImage(grey).data))
  })

  itWithSharedData('reads Set12 and BSD68 as grey images of their known sizes', async () => {
    const sizes = { Set12: ['256x256', '512x512'], BSD68: ['481x321', '321x481'] }
    for (const [set, known] of Object.entries(sizes)) {
      const names = (await readdir(join(SHARED_DATA, set))).filter((name) => name.endsWith('.png'))
      expect(names).toHaveLength(set === 'Set12' ? 12 : 68)
      for (const name of names.slice(0, 12)) {
        const image = decodeImage(await readFile(join(SHARED_DATA, set, name)), name)
        expect(known, name).toContain(`${image.width}x${image.height}`)
        expect(image.channels).toBe(1)
      }
    }
  })
})

describe('a bad PNG is refused', () => {
  it('wherever it is cut', () => {
    for (let length = 0; length < grey.length; length++) {
      expect(() => decodeImage(grey.subarray(0, length)), `cut to ${length} bytes`).toThrow(InputError)
    }
  })

  it('whichever byte of header or pixels is changed', () => {
    const changed = fc.tuple(fc.integer({ min: 8, max: grey.length - 1 }), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(changed, ([offset, difference]) => {
        const bytes = Uint8Array.from(grey)
        bytes[offset] = (bytes[offset] as number) ^ difference
        expect(() => decodeImage(bytes)).toThrow(InputError)
      }),
      { numRuns: 200 },
    )
  })

  const tooFewRows = deflateSync(Uint8Array.of(0, 1, 2, 3))
  const wrongSum = tooFewRows.map((byte, i) => (i === tooFewRows.length - 1 ? byte ^ 1 : byte))
  const eightBitGrey = { depth: 8, colourType: 0 }
  it.each([
    [
      'too large by its header',
      [header({ width: 100_000, height: 100_000, ...eightBitGrey }), chunk('IDAT', [0])],
      /100000x100000, more than the 100 million pixels/,
    ],
    ['without width', [header({ width: 0, height: 5, ...eightBitGrey }), chunk('IDAT', [0])], /has no pixels/],
    [
      'with two headers',
      [
        header({ width: 3, height: 1, ...eightBitGrey }),
        header({ width: 9e4, height: 9e4, ...eightBitGrey }),
        chunk('IDAT', tooFewRows),
      ],
      /one header/,
    ],
    [
      'with fewer rows than it says',
      [header({ width: 3, height: 2, ...eightBitGrey }), chunk('IDAT', tooFewRows)],
      /the data of its 3x2 pixels ends early/,
    ],
    [
      'that a small file cannot fill',
      [
        header({ width: 10_000, height: 10_000, depth: 1, colourType: 3 }),
        chunk('PLTE', [0, 0, 0]),
        chunk('IDAT', [0]),
      ],
      /decoding it would take up to 1.6 GB of memory, which so small a file is not given/,
    ],
    [
      'whose sum of the pixels is wrong',
      [header({ width: 3, height: 1, ...eightBitGrey }), chunk('IDAT', wrongSum)],
      /incorrect data check/,
    ],
    [
      'with a chunk that must be known and is not',
      [header({ width: 3, height: 1, ...eightBitGrey }), chunk('ABCD', []), chunk('IDAT', tooFewRows)],
      /chunk ABCD, which is not known/,
    ],
    ['without pixels', [header({ width: 3, height: 2, ...eightBitGrey })], /without pixels/],
    [
      'of a colour type that does not exist',
      [header({ width: 3, height: 1, depth: 8, colourType: 5 }), chunk('IDAT', tooFewRows)],
      /colour type 5 with 8 bits/,
    ],
    [
      'with a palette index that is not there',
      [header({ width: 3, height: 1, depth: 8, colourType: 3 }), chunk('PLTE', [0, 0, 0]), chunk('IDAT', tooFewRows)],
      /damaged PNG/,
    ],
    [
      'without its palette',
      [header({ width: 3, height: 1, depth: 8, colourType: 3 }), chunk('IDAT', tooFewRows)],
      /damaged PNG/,
    ],
  ])('%s', (_, chunks, message) => {
    const decode = () => decodeImage(Buffer.concat([SIGNATURE, ...chunks, END]), 'bad.png')
    expect(decode).toThrow(InputError)
    expect(decode).toThrow(message)
  })
})
