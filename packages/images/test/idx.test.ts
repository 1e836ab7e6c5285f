import { gzipSync } from 'node:zlib'
import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gunzip } from '../src/gzip.ts'
import { readIdx, writeIdx } from '../src/index.ts'

const idx = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1)
  return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }))
})
const example = writeIdx({ shape: [2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, index) => index) })

function changed(offset: number, value: number): Uint8Array {
  const bytes = example.slice()
  bytes[offset] = value
  return bytes
}

describe('IDX', () => {
  it('gives back what was written, plain, packed, or within a larger buffer', async () => {
    await fc.assert(
      fc.asyncProperty(idx, fc.nat(9), async (content, margin) => {
        const written = writeIdx(content)
        const padded = new Uint8Array(written.length + margin)
        padded.set(written, margin)
        const expected = { shape: content.shape, data: new Uint8Array(content.data) }
        expect(await readIdx(written)).toEqual(expected)
        expect(await readIdx(gzipSync(written))).toEqual(expected)
        expect(await readIdx(padded.subarray(margin))).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('writes the header of the format: zeros, type 0x08, number of dimensions, big-endian sizes', () => {
    expect(Array.from(example.subarray(0, 16))).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4])
  })

  it('refuses every truncation and says so', async () => {
    for (let length = 0; length < example.length; length++) {
      await expect(readIdx(example.subarray(0, length)), `cut to ${length} bytes`).rejects.toThrow(InputError)
    }
    await expect(readIdx(example.subarray(0, 20), 'a.idx')).rejects.toThrow(
      'a.idx says 2x3x4 = 24 bytes but holds 4; it is truncated or its header is wrong',
    )
  })

  it.each([
    ['trailing bytes', Uint8Array.from([...example, 0]), /trails/],
    ['a header that claims more', changed(4, 1), /says 16777218x3x4/],
    ['another type', changed(2, 0x0d), /32-bit floats/],
    ['a type that does not exist', changed(2, 0x0a), /does not start as an IDX file/],
    ['text', new TextEncoder().encode('not an IDX file at all'), /does not start as an IDX file/],
    ['no dimension', changed(3, 0), /0 dimensions/],
    ['too many dimensions', changed(3, 200), /200 dimensions/],
    ['nothing', new Uint8Array(), /0 bytes/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(readIdx(bytes)).rejects.toThrow(InputError)
    await expect(readIdx(bytes)).rejects.toThrow(message)
  })

  it('refuses gzip that is truncated or has a flipped bit', async () => {
    const packed = gzipSync(example)
    await expect(readIdx(packed.subarray(0, -9))).rejects.toThrow(/damaged or truncated gzip/)
    const flipped = Uint8Array.from(packed)
    const middle = Math.floor(flipped.length / 2)
    flipped[middle] = (flipped[middle] as number) ^ 1
    await expect(readIdx(flipped)).rejects.toThrow(InputError)
  })

  it('unpacks gzip no further than the header says, and not at all what its bytes cannot bear out', async () => {
    const long = gzipSync(Buffer.concat([example, new Uint8Array(1e7)]))
    let unpacked = 0
    const content = await gunzip(long, 'a.gz', (start) => {
      unpacked = Math.max(unpacked, start.length)
      return start.length < 40 ? undefined : 40
    })
    expect([content.length, unpacked < 1e6]).toEqual([41, true])
    await expect(readIdx(long)).rejects.toThrow(/says 2x3x4 = 24 bytes but holds more/)
    const claim = Uint8Array.of(0, 0, 8, 1, 0x7f, 255, 255, 255)
    await expect(readIdx(gzipSync(Buffer.concat([claim, new Uint8Array(1e6)])), 'b.gz')).rejects.toThrow(
      /b\.gz unpacks to more than \d+ bytes, which \d+ bytes of gzip are not given/,
    )
    await expect(gunzip(gzipSync(new Uint8Array(1e6)), 'c.gz', () => undefined)).rejects.toThrow(
      /c\.gz unpacks to more/,
    )
  })

  it('refuses to write a shape that does not fit', () => {
    expect(() => writeIdx({ shape: [2, 2], data: new Uint8Array(3) })).toThrow(InputError)
    expect(() => writeIdx({ shape: [], data: new Uint8Array(1) })).toThrow(InputError)
  })
})
