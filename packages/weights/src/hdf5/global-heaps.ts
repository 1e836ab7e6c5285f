import type { Hdf5Source } from './source.ts'

/** The object of a number in the heap at an address: texts of any length lie there. */
export type GlobalHeaps = (address: number, index: number) => Uint8Array

const ALIGNMENT = 8

/** Gives objects of the file's global heaps, each of which is read once. */
export function globalHeaps(source: Hdf5Source): GlobalHeaps {
  const heaps = new Map<number, ReadonlyMap<number, Uint8Array>>()
  return (address, index) => {
    const heap = heaps.get(address) ?? readHeap(source, address)
    heaps.set(address, heap)
    const object = heap.get(index) ?? source.refuse(`the heap at ${address} has no object ${index}`)
    // One object may stand for many.
    source.claim(object.length)
    return object
  }
}

function readHeap(source: Hdf5Source, address: number): Map<number, Uint8Array> {
  const what = `the heap at ${address}`
  const { length } = source.sizes
  const head = source.cursor(source.peek(address, 8 + length), what)
  head.expect('GCOL')
  head.version(1)
  head.skip(3)
  const heap = source.structure(address, head.length(), what)
  heap.skip(8 + length)
  const objects = new Map<number, Uint8Array>()
  while (heap.remaining >= 8 + length) {
    const index = heap.uint16()
    heap.skip(6)
    const size = heap.length()
    // Number 0 is the free space, up to the end.
    if (index === 0) break
    if (objects.has(index)) source.refuse(`${what} has two objects ${index}`)
    objects.set(index, heap.take(size))
    heap.skip(Math.min((ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT, heap.remaining))
  }
  return objects
}
