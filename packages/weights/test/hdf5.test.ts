import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InputError } from '@noisescope/core'
import { describe, expect, it } from 'vitest'
import { type Hdf5Dataset, type Hdf5File, type Hdf5Group, openHdf5 } from '../src/hdf5/index.ts'

const fixtures = new URL('fixtures/hdf5/', import.meta.url)
const fixture = (name: string): Uint8Array => readFileSync(new URL(name, fixtures))
const shapes: Record<string, Record<string, number[]>> = JSON.parse(
  readFileSync(new URL('fixtures.json', fixtures), 'utf8'),
)

const open = (bytes: Uint8Array): Hdf5File =>
  openHdf5(bytes, (reason) => {
    throw new InputError(reason)
  })

function arraysIn(group: Hdf5Group): Hdf5Dataset[] {
  return [...group.entries().values()].flatMap((object) => {
    if (object.kind === 'group') return arraysIn(object)
    return object.kind === 'array' && object.type.kind === 'float' ? [object] : []
  })
}

/** Shapes and values of all arrays by path. */
function readAll(bytes: Uint8Array): Record<string, { shape: readonly number[]; values: Float32Array<ArrayBuffer> }> {
  const file = open(bytes)
  const found = arraysIn(file.root).map(
    (array) => [array.path, { shape: array.shape, values: array.floats() }] as const,
  )
  file.finish()
  return Object.fromEntries(found)
}

/** As scripts/fixtures/hdf5_layouts.py has it. */
const written = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((7 * i) % 251) / 16 - 5)

describe('a HDF5 file that the HDF5 library wrote', () => {
  it.each(Object.entries(shapes))('gives its arrays: %s', (name, arrays) => {
    const expected = Object.entries(arrays).map(([path, shape]) => [path, { shape, values: written(shape) }] as const)
    expect(expected.length).toBeGreaterThan(0)
    expect(readAll(fixture(name))).toEqual(Object.fromEntries(expected))
  })

  it('gives texts and numbers beside its arrays, also where they are many', () => {
    const { root } = open(fixture('latest.h5'))
    expect(Object.fromEntries(root.attributes)).toEqual(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`note_${i}`, [`text ${i}`]])),
    )
    const single = root.entries().get('single') as Hdf5Dataset
    expect(Object.fromEntries(single.attributes)).toEqual({ numbers: [-2, -1, 0, 1], texts: ['a', 'bcd', 'äö'] })
    const layers = open(fixture('old-links.h5')).root.entries().get('layers') as Hdf5Group
    expect(layers.attributes.get('names')).toEqual(Array.from({ length: 60 }, (_, i) => `array_${i}`))
  })

  it.each(['many-links.h5', 'many-links-latest.h5'])('gives groups in the order of creation: %s', (name) => {
    const entries = open(fixture(name)).root.entries()
    const namesIn = (group: string): string[] => [...(entries.get(group) as Hdf5Group).entries().keys()]
    expect(namesIn('few')).toEqual([5, 4, 3, 2, 1].map((i) => `array_${i}`))
    expect(namesIn('deep')).toEqual(Array.from({ length: 40 }, (_, i) => `array_${40 - i}`))
    expect(namesIn('layers')).toEqual(Array.from({ length: 300 }, (_, i) => `dense_${300 - i}`))
  })

  it('gives what is packed with scale-offset as the library reads it, to the bit', () => {
    const { root } = open(fixture('scale-offset.h5'))
    const [packed, plain] = ['packed', 'plain'].map((name) => (root.entries().get(name) as Hdf5Group).entries())
    expect(packed?.size).toBeGreaterThan(15)
    for (const [name, array] of packed ?? []) {
      const values = (object: unknown) => {
        const { shape, type, floats, numbers } = object as Hdf5Dataset
        return { shape, numbers: numbers(), floats: type.kind === 'float' ? floats() : [] }
      }
      expect({ name, ...values(array) }).toEqual({ name, ...values(plain?.get(name)) })
    }
  })

  it.each(['soft-links.h5', 'soft-links-latest.h5'])('gives an array under each name of a link to it: %s', (name) => {
    const { root } = open(fixture(name))
    const found = ['absolute', 'twice'].map((each) => root.entries().get(each) as Hdf5Dataset)
    const { kernel, same } = Object.fromEntries(
      ((root.entries().get('layers') as Hdf5Group).entries().get('conv') as Hdf5Group).entries(),
    ) as Record<string, Hdf5Dataset>
    for (const array of [...found, same]) expect(array?.floats()).toEqual(kernel?.floats())
    expect(kernel?.floats()).toEqual(written([3, 4]))
    expect([...root.entries().keys()].toSorted()).toEqual(['absolute', 'layers', 'twice', 'zeroth'])
  })

  it.each(['deleted.h5', 'deleted-latest.h5'])('gives the attributes that are left: %s', (name) => {
    for (const group of open(fixture(name)).root.entries().values())
      if (group.kind === 'group' && /_(True|False)$/.test(group.path))
        expect(Object.fromEntries(group.attributes)).toEqual({
          note_1: [1],
          note_3: [3],
          note_5: [5],
          note_7: [7],
          note_9: [9],
          note_11: [11],
        })
  })

  it('gives integers as doubles', () => {
    const count = open(fixture('types.h5')).root.entries().get('count') as Hdf5Dataset
    expect(count.numbers()).toEqual(Float64Array.of(0, 1, 2))
    expect(() => count.floats()).toThrow(/another type than float16/)
  })
})

describe('a HDF5 file is refused', () => {
  const reasons: Record<string, RegExp> = {
    'refused-circle.h5': /its group a\/b\/c is in two groups/,
    'refused-external.h5': /its array v has its values in other files/,
    'refused-external-link.h5': /its entry v is a link to another file/,
    'refused-nbit.h5': /packed with nbit; store it with gzip, LZF or unpacked/,
    'refused-soft-link-circle.h5': /its entry [vw] is a link that leads in a circle/,
    'refused-soft-link-group.h5': /its entry b is a link to a group/,
    'refused-soft-link-nowhere.h5': /its entry v is a link to \/w, which is not in the file/,
    'refused-sparse.h5': /its array sparse has 2 of 4 chunks/,
    'refused-unwritten.h5': /its array v was never written/,
    'refused-virtual.h5': /its array layers\/v is virtual/,
    'refused-virtual-latest.h5': /its array layers\/v is virtual/,
    'refused-zeros.h5': /its arrays and names claim 1600000\d bytes, the file has/,
  }
  it.each(Object.entries(reasons))(
    'whose values are not all in it, or are packed in other ways: %s',
    (name, reason) => {
      expect(() => readAll(fixture(name))).toThrow(reason)
    },
  )

  it('for each of the reasons that have a file', () => {
    const files = readdirSync(fileURLToPath(fixtures)).filter((name) => name.startsWith('refused-'))
    expect(files.toSorted()).toEqual(Object.keys(reasons).toSorted())
  })

  it.each(['packed.h5', 'latest.h5', 'types.h5'])('that is cut short anywhere: %s', (name) => {
    const bytes = fixture(name)
    const step = Math.ceil(bytes.length / 97)
    for (let length = 0; length < bytes.length; length += step)
      expect(() => readAll(bytes.subarray(0, length)), `${length} of ${bytes.length}`).toThrow(InputError)
  })
})

/** Numbers that look random and are the same in every run. */
function* draws(seed: number, below: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield Math.floor((state / 2 ** 32) * below)
  }
}

/** Where a bit flipped at a time gives other values, or other names with the same ones; and how many were refused. */
function flipBits(bytes: Uint8Array, places: Iterable<number>) {
  const good = readAll(bytes)
  const values = (arrays: typeof good): string =>
    Object.values(arrays)
      .map(({ shape, values: { buffer } }) => `${shape}:${Buffer.from(buffer).toString('latin1')}`)
      .toSorted()
      .join()
  const goodValues = values(good)
  const result = { refused: 0, same: 0, otherNames: [] as number[], otherValues: [] as number[] }
  for (const place of places) {
    const damaged = new Uint8Array(bytes)
    damaged[place >> 3] = (damaged[place >> 3] as number) ^ (1 << (place & 7))
    try {
      const found = readAll(damaged)
      if (values(found) !== goodValues) result.otherValues.push(place)
      else if (Object.keys(found).toSorted().join() !== Object.keys(good).toSorted().join())
        result.otherNames.push(place)
      else result.same++
    } catch (error) {
      expect(error, `bit ${place}`).toBeInstanceOf(InputError)
      result.refused++
    }
  }
  return result
}

/** So many places of bits, spread over a file. */
function somePlaces(bytes: Uint8Array, count: number, seed: number): number[] {
  const places = draws(seed, 8 * bytes.length)
  return Array.from({ length: count }, () => places.next().value)
}

describe('one bit that is flipped', () => {
  it('in a compressed file is refused, or in space that is not used', () => {
    const { refused, same, otherNames, otherValues } = flipBits(
      fixture('compressed.h5'),
      somePlaces(fixture('compressed.h5'), 600, 14),
    )
    expect(otherValues).toEqual([])
    // Names in groups of the oldest format have no checksum.
    expect(otherNames.length).toBeLessThan(10)
    expect(refused + same + otherNames.length).toBe(600)
    expect(refused).toBeGreaterThan(60)
  })

  it('in a compressed file of the latest format is refused wherever anything is', () => {
    const bytes = fixture('compressed-latest.h5')
    const { refused, otherNames, otherValues } = flipBits(bytes, somePlaces(bytes, 600, 15))
    expect({ otherNames, otherValues }).toEqual({ otherNames: [], otherValues: [] })
    expect(refused).toBeGreaterThan(400)
  })

  it('within a compressed chunk is refused, nearly each of its bits', () => {
    const bytes = fixture('compressed.h5')
    const good = readAll(bytes)
    // Streams of gzip, without and with shuffle.
    const starts = [...bytes.keys()].filter((at) => bytes[at] === 0x78 && bytes[at + 1] === 0x5e).slice(0, 3)
    expect(starts.length).toBeGreaterThan(0)
    for (const start of starts) {
      const { otherNames, otherValues, same } = flipBits(
        bytes,
        Array.from({ length: 400 }, (_, i) => 8 * start + i),
      )
      expect({ otherNames, otherValues }).toEqual({ otherNames: [], otherValues: [] })
      // Bits that fill the last byte of a stream mean nothing.
      expect(same).toBeLessThan(8)
    }
    expect(readAll(bytes)).toEqual(good)
  })
})
