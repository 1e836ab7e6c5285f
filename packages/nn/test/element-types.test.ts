import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesPerElement, decodeElements, type ElementType, readSafetensors } from '../src/index.ts'

const bytesOf = (...bits: number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer)

/** A safetensors file with one tensor of the type. */
function fileOf(dtype: ElementType, data: Uint8Array): Uint8Array {
  const shape = [data.length / bytesPerElement(dtype)]
  const header = new TextEncoder().encode(JSON.stringify({ x: { dtype, shape, data_offsets: [0, data.length] } }))
  const file = new Uint8Array(8 + header.length + data.length)
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true)
  file.set(header, 8)
  file.set(data, 8 + header.length)
  return file
}

describe('stored numbers', () => {
  it('float16 has the values of IEEE 754: one, the largest, the smallest, infinity, NaN and negative zero', () => {
    const values = decodeElements(
      'F16',
      bytesOf(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00, 0x7e00, 0x8000),
    )
    expect([...values]).toEqual([1, -2, 65504, 2 ** -14, 2 ** -24, Infinity, -Infinity, NaN, -0])
  })

  it('bfloat16 is a float32 cut after sixteen bits', () => {
    expect([...decodeElements('BF16', bytesOf(0x3f80, 0xc000, 0x4049, 0x7f80))]).toEqual([1, -2, 3.140625, Infinity])
    fc.assert(
      fc.property(fc.nat(0xffff), (bits) => {
        const [value] = decodeElements('BF16', bytesOf(bits))
        const [expected] = new Float32Array(Uint32Array.of(bits << 16).buffer)
        expect(value).toBe(expected)
      }),
      { seed: 1 },
    )
  })

  const arrays: readonly [ElementType, fc.Arbitrary<ArrayLike<number | bigint> & ArrayBufferView>][] = [
    ['F64', fc.float64Array()],
    ['F32', fc.float32Array()],
    ['I64', fc.bigInt64Array()],
    ['I32', fc.int32Array()],
    ['I16', fc.int16Array()],
    ['I8', fc.int8Array()],
    ['U8', fc.uint8Array()],
  ]
  it.each(arrays)('%s is rounded to the nearest float32, also out of a safetensors file', (type, array) => {
    fc.assert(
      fc.property(array, (values) => {
        const expected = Array.from(values, (value) => Math.fround(Number(value)))
        const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
        expect([...decodeElements(type, bytes)]).toEqual(expected)
        expect([...(readSafetensors(fileOf(type, bytes), 'file').tensors.get('x')?.data ?? [])]).toEqual(expected)
      }),
      { seed: 1 },
    )
  })

  it('every bool but zero is one', () => {
    expect([...decodeElements('BOOL', Uint8Array.of(0, 1, 255))]).toEqual([0, 1, 1])
  })
})
