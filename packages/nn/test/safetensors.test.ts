import { InputError } from '@noisescope/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSafetensors, readSafetensors, type StoredTensor, writeSafetensors } from '../src/index.ts'
import { fixtureBytes, itWithFixtures, readFixture } from './helpers/fixtures.ts'

/** A file with this header text and so many bytes of data. */
function fileOf(header: string, dataBytes: number, claimedHeaderBytes?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header)
  const file = new Uint8Array(8 + json.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, claimedHeaderBytes ?? BigInt(json.length), true)
  file.set(json, 8)
  return file
}

const entry = (start: number, end: number, shape: unknown = [(end - start) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
})
const read = (bytes: Uint8Array) => readSafetensors(bytes, 'file')

const tensor = fc.array(fc.nat(4), { maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1)
  return fc.float32Array({ minLength: length, maxLength: length }).map((data): StoredTensor => ({ shape, data }))
})
const name = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', '0', 'conv2d.weight'))
  .filter((text) => text !== '__metadata__')

describe('safetensors', () => {
  it('gives back every tensor bit for bit, and the metadata', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, tensor), { maxLength: 5 }),
        fc.dictionary(fc.string(), fc.string()),
        (list, metadata) => {
          const tensors = new Map(list)
          const file = read(writeSafetensors(tensors, metadata))
          expect(Object.entries(file.metadata)).toEqual(Object.entries(metadata))
          expect([...file.tensors.keys()].toSorted()).toEqual([...tensors.keys()].toSorted())
          for (const [key, { shape, data }] of tensors) {
            expect(file.tensors.get(key)?.shape).toEqual(shape)
            expect(new Uint32Array(file.tensors.get(key)?.data.buffer as ArrayBuffer)).toEqual(
              new Uint32Array(data.buffer as ArrayBuffer),
            )
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    )
  })

  it('starts the data at a multiple of eight bytes', () => {
    for (const key of ['a', 'ab', 'abc', 'abcdefgh']) {
      const file = writeSafetensors(new Map([[key, { shape: [1], data: Float32Array.of(1) }]]))
      expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0)
    }
  })

  it('writes bytes as they are, behind every float32 so that these stay aligned', () => {
    const file = writeSafetensors(
      new Map([
        ['bytes', { shape: [3], data: Uint8Array.of(0, 127, 255) }],
        ['floats', { shape: [2], data: Float32Array.of(0.5, -1) }],
      ]),
    )
    const { tensors } = openSafetensors(file, 'file')
    expect(tensors.get('bytes')).toEqual({ dtype: 'U8', shape: [3], bytes: Uint8Array.of(0, 127, 255) })
    expect((tensors.get('floats')?.bytes.byteOffset ?? 1) % 4).toBe(0)
    expect(read(file).tensors.get('bytes')?.data).toEqual(Float32Array.of(0, 127, 255))
    expect(read(file).tensors.get('floats')?.data).toEqual(Float32Array.of(0.5, -1))
  })

  it('opened, gives views of the file and no copies', () => {
    const file = writeSafetensors(new Map([['x', { shape: [2], data: Float32Array.of(1, 2) }]]))
    const bytes = openSafetensors(file, 'file').tensors.get('x')?.bytes
    expect(bytes?.buffer).toBe(file.buffer)
    expect(bytes).toEqual(new Uint8Array(Float32Array.of(1, 2).buffer))
  })

  it('reads a file that lies anywhere within a larger buffer', () => {
    const file = writeSafetensors(new Map([['x', { shape: [2], data: Float32Array.of(1, 2) }]]))
    const pool = Buffer.alloc(file.length + 5, 0xff)
    pool.set(file, 3)
    expect(read(pool.subarray(3, 3 + file.length)).tensors.get('x')?.data).toEqual(Float32Array.of(1, 2))
  })

  it('refuses to write values that do not fill their shape, or a tensor with the name of the metadata', () => {
    expect(() => writeSafetensors(new Map([['x', { shape: [3], data: new Float32Array(2) }]]))).toThrow(InputError)
    expect(() => writeSafetensors(new Map([['__metadata__', { shape: [1], data: new Float32Array(1) }]]))).toThrow(
      InputError,
    )
  })

  it('refuses a file cut short after any number of bytes', () => {
    const file = writeSafetensors(
      new Map([
        ['a', { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }],
        ['b', { shape: [], data: Float32Array.of(7) }],
      ]),
      { note: 'small' },
    )
    for (let length = 0; length < file.length; length++) {
      expect(() => read(file.slice(0, length)), `${length} of ${file.length} bytes`).toThrow(InputError)
      // What follows in the same buffer is not read either.
      expect(() => read(file.subarray(0, length)), `a view of ${length} of ${file.length} bytes`).toThrow(InputError)
    }
  })

  it('refuses a file with any byte of its header length changed', () => {
    const file = writeSafetensors(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]))
    for (let at = 0; at < 8; at++) {
      const changed = file.slice()
      changed[at] = (file[at] as number) ^ 0x15
      expect(() => read(changed), `byte ${at}`).toThrow(InputError)
    }
  })

  it('never ends in another error than its own, whatever the bytes', () => {
    const valid = writeSafetensors(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]), { note: 'x' })
    const damaged = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = valid.slice()
        for (const [at, value] of changes) bytes[at] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), (bytes) => {
        try {
          read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }),
      { seed: 2, numRuns: 2000 },
    )
  })

  const wrong: Record<string, Uint8Array> = {
    'an absurd header length': fileOf('{}', 0, 2n ** 64n - 1n),
    'a header length of 2^53': fileOf('{}', 0, 2n ** 53n),
    'a header one byte longer than the file': fileOf('{}', 0, 3n),
    'a header that is no JSON': fileOf('{"a":', 0),
    'a header that is no UTF-8': fileOf('{}', 0).map((byte, i) => (i === 8 ? 0xff : byte)),
    'a header that is a list': fileOf('[]', 0),
    'a header that is null': fileOf('null', 0),
    'metadata that is no table of texts': fileOf('{"__metadata__":{"a":1}}', 0),
    'a tensor that is not described': fileOf('{"a":null}', 0),
    'a type of eight bits': fileOf(JSON.stringify({ a: entry(0, 4, [4], 'F8_E4M3') }), 4),
    'float16 of the size of float32': fileOf(JSON.stringify({ a: entry(0, 4, [1], 'F16') }), 4),
    'float64 of the size of float32': fileOf(JSON.stringify({ a: entry(0, 8, [2], 'F64') }), 8),
    'an unknown type': fileOf(JSON.stringify({ a: entry(0, 4, [1], 'toString') }), 4),
    'a negative size': fileOf(JSON.stringify({ a: entry(0, 4, [-1, -1]) }), 4),
    'a size that is a fraction': fileOf(JSON.stringify({ a: entry(0, 4, [0.5, 2]) }), 4),
    'a size that is a text': fileOf(JSON.stringify({ a: entry(0, 4, ['1']) }), 4),
    'sizes whose product overflows': fileOf(JSON.stringify({ a: entry(0, 4, [2 ** 53 - 1, 2 ** 53 - 1]) }), 4),
    'a shape smaller than its bytes': fileOf(JSON.stringify({ a: entry(0, 8, [1]) }), 8),
    'a shape larger than its bytes': fileOf(JSON.stringify({ a: entry(0, 4, [2]) }), 4),
    'offsets that end behind the file': fileOf(JSON.stringify({ a: entry(0, 8) }), 4),
    'offsets that run backwards': fileOf(JSON.stringify({ a: entry(4, 0, [1]) }), 4),
    'negative offsets': fileOf(JSON.stringify({ a: entry(-4, 0, [1]) }), 4),
    'three offsets': fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4),
    'no offsets': fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4),
    'overlapping tensors': fileOf(JSON.stringify({ a: entry(0, 8), b: entry(4, 12) }), 12),
    'two tensors on the same bytes': fileOf(JSON.stringify({ a: entry(0, 8), b: entry(0, 8) }), 8),
    'a gap between tensors': fileOf(JSON.stringify({ a: entry(0, 4), b: entry(8, 12) }), 12),
    'a gap before the first tensor': fileOf(JSON.stringify({ a: entry(4, 8) }), 8),
    'bytes behind the last tensor': fileOf(JSON.stringify({ a: entry(0, 4) }), 8),
    'two tensors of one name': fileOf(`{"a":${JSON.stringify(entry(0, 4))},"a":${JSON.stringify(entry(4, 8))}}`, 8),
  }
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const said: Record<string, [header: string, message: RegExp]> = {
    'two tensors of one name on the same bytes': [
      `{"a":${JSON.stringify(entry(0, 4))},"a":${JSON.stringify(entry(0, 4))}}`,
      /its header has a key twice \("a"\)$/,
    ],
    'a name that is written in two ways': [
      `{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(0, 4))}}`,
      /its header has a key twice/,
    ],
    'a tensor with two shapes': [
      '{"a":{"dtype":"F32","shape":[4],"shape":[1],"data_offsets":[0,4]}}',
      /its header has a key twice/,
    ],
    'a key of the metadata twice': ['{"__metadata__":{"k":"1","k":"2"}}', /its header has a key twice \("k"\)$/],
    'a type that is an object': [
      '{"a":{"dtype":{"toString":1,"valueOf":1},"shape":[1],"data_offsets":[0,4]}}',
      /^file is not a usable safetensors file: the type of tensor "a" is \{"toString":1,"valueOf":1\}, expected one of F64/,
    ],
    'a type that nests deep': [`{"a":{"dtype":${deep},"shape":[1],"data_offsets":[0,4]}}`, /nests more than 3 levels/],
    'a shape of 100,000 dimensions': [
      JSON.stringify({
        a: entry(
          0,
          4,
          Array.from({ length: 100_000 }, () => 1),
        ),
      }),
      /tensor "a" has no proper shape$/,
    ],
    'a name with escape codes, without them': [
      '{"x\\u001b[2J":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}',
      /tensor "x\[2J" of shape 2 needs 8 bytes/,
    ],
  }
  it.each(Object.entries(said))('refuses %s in one line', (_, [header, message]) => {
    expect(() => read(fileOf(header, 4))).toThrow(InputError)
    expect(() => read(fileOf(header, 4))).toThrow(message)
  })

  it.each(Object.entries(wrong))('refuses %s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(InputError)
  })

  itWithFixtures('reads what PyTorch wrote', () => {
    for (const file of ['autoencoder', 'dncnn_small', 'ops', 'optimisers', 'quality']) {
      const { tensors, metadata } = readFixture(file)
      expect(Object.keys(JSON.parse(metadata.cases as string) as object).length, file).toBeGreaterThan(0)
      const stored = [...tensors.values()].reduce((total, { data }) => total + data.byteLength, 0)
      const bytes = fixtureBytes(file)
      const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
      expect(8 + headerBytes + stored, file).toBe(bytes.length)
    }
    expect(readFixture('autoencoder').tensors.get('autoencoder/conv_5_weight')?.shape).toEqual([64, 32, 3, 3])
  })
})
