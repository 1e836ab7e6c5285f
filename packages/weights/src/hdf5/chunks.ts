import { treeEntries } from './b-tree.ts'
import { tree2Records } from './b-tree-2.ts'
import type { ChunkList } from './chunk-list.ts'
import { extensibleArrayEntries } from './extensible-array.ts'
import { type Filter, unfilter } from './filters.ts'
import { fixedArrayEntries } from './fixed-array.ts'
import type { ChunkIndex, Layout } from './layout.ts'
import type { Hdf5Source } from './source.ts'

type Chunked = Extract<Layout, { kind: 'chunked' }>

/** A chunk as it is stored. */
interface StoredChunk {
  /** Its place in the grid of chunks, counted through with the last axis running fastest. */
  readonly place: number
  readonly address: number
  readonly size: number
  /** Bit i is set where filter i was not applied. */
  readonly skipped: number
}

/** An array in chunks. */
export interface ChunkedArray {
  readonly path: string
  readonly shape: readonly number[]
  /** Sizes that it may grow to, infinite without limit. */
  readonly most: readonly number[]
  readonly elementBytes: number
  readonly layout: Chunked
  readonly filters: readonly Filter[]
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/**
 * The bytes of an array that lies in chunks. Every chunk has to be there once: one that is not would be read as zeros, which
 * nobody trained.
 * @throws the refusal, when chunks are damaged, missing, twice or elsewhere than in the array.
 */
export function readChunks(source: Hdf5Source, array: ChunkedArray): Uint8Array {
  const { path, shape, elementBytes, layout, filters } = array
  const { chunk } = layout
  if (chunk.length !== shape.length || layout.elementBytes !== elementBytes || !chunk.every((size) => size > 0))
    source.refuse(`its array ${path} has chunks of another shape than its own`)
  const grid = shape.map((size, axis) => Math.ceil(size / (chunk[axis] ?? 1)))
  const chunkBytes = product(chunk) * elementBytes
  // Chunks at the edges are stored whole.
  source.claim(product(grid) * chunkBytes)
  const bytes = new Uint8Array(product(shape) * elementBytes)
  const seen = new Set<number>()
  for (const { place, address, size, skipped } of storedChunks(source, array, grid, chunkBytes)) {
    if (seen.has(place)) source.refuse(`its array ${path} has two chunks in one place`)
    seen.add(place)
    const at = placeInGrid(place, grid)
    const isEdge = at.some((index, axis) => (index + 1) * (chunk[axis] ?? 1) > (shape[axis] ?? 0))
    const stored = source.take(address, size, `a chunk of ${path}`)
    const applied = layout.isEdgePlain && isEdge ? [] : filters
    const data =
      unfilter(stored, applied, skipped, chunkBytes) ??
      source.refuse(
        `its array ${path} has a damaged chunk: it does not unpack to the size and checksum that it should have`,
      )
    copyChunk(data, at, bytes, array)
  }
  if (seen.size !== product(grid)) source.refuse(`its array ${path} has ${seen.size} of ${product(grid)} chunks`)
  return bytes
}

function placeInGrid(place: number, grid: readonly number[]): number[] {
  let rest = place
  return grid
    .toReversed()
    .map((size) => {
      const index = rest % size
      rest = Math.floor(rest / size)
      return index
    })
    .reverse()
}

/** Copies a chunk's part of the array, row by row of the last axis. */
function copyChunk(
  data: Uint8Array,
  at: readonly number[],
  bytes: Uint8Array,
  { shape, elementBytes, layout: { chunk } }: ChunkedArray,
): void {
  const steps = (sizes: readonly number[]): number[] =>
    sizes.map((_, axis) => product(sizes.slice(axis + 1)) * elementBytes)
  const [fromSteps, toSteps] = [steps(chunk), steps(shape)]
  const starts = chunk.map((size, axis) => (at[axis] ?? 0) * size)
  const counts = chunk.map((size, axis) => Math.min(size, (shape[axis] ?? 0) - (starts[axis] ?? 0)))
  const last = shape.length - 1
  const copy = (axis: number, from: number, to: number): void => {
    const [count = 1, start = 0, fromStep = elementBytes, toStep = elementBytes] = [
      counts[axis],
      starts[axis],
      fromSteps[axis],
      toSteps[axis],
    ]
    if (axis >= last) {
      for (let i = 0; i < count * toStep; i++) bytes[to + start * toStep + i] = data[from + i] as number
      return
    }
    for (let i = 0; i < count; i++) copy(axis + 1, from + i * fromStep, to + (start + i) * toStep)
  }
  copy(0, 0, 0)
}

function storedChunks(
  source: Hdf5Source,
  array: ChunkedArray,
  grid: readonly number[],
  chunkBytes: number,
): StoredChunk[] {
  const { path, layout, filters } = array
  const { index } = layout
  const address = layout.address ?? source.refuse(`its array ${path} was never written`)
  switch (index.kind) {
    case 'tree':
      return treeChunks(source, array, address, grid)
    case 'tree 2':
      return tree2Chunks(source, array, address, grid, chunkBytes)
    case 'single': {
      const { size, skipped } = index.filtered ?? { size: chunkBytes, skipped: 0 }
      return [{ place: 0, address, size, skipped }]
    }
    case 'implicit':
      if (filters.length > 0) source.refuse(`its array ${path} has filters where there can be none`)
      return Array.from({ length: product(grid) }, (_, place) => ({
        place,
        address: address + place * chunkBytes,
        size: chunkBytes,
        skipped: 0,
      }))
    case 'fixed array':
    case 'extensible array':
      return listedChunks(source, array, address, index, grid, chunkBytes)
  }
}

/** The place in the grid of a chunk that begins at an index of the array; undefined outside. */
function placeOf(indices: readonly number[], grid: readonly number[]): number | undefined {
  const isInside = indices.every((index, axis) => Number.isInteger(index) && index < (grid[axis] ?? 0))
  return isInside ? indices.reduce((place, index, axis) => place * (grid[axis] ?? 0) + index, 0) : undefined
}

function treeChunks(
  source: Hdf5Source,
  { path, layout: { chunk } }: ChunkedArray,
  address: number,
  grid: readonly number[],
): StoredChunk[] {
  const entries = treeEntries(source, address, 'chunks', 8 + 8 * (chunk.length + 1), (key) => ({
    size: key.uint32(),
    skipped: key.uint32(),
    start: Array.from({ length: chunk.length }, () => key.uint(8)),
    within: key.uint(8),
  }))
  return entries.map(({ key: { size, skipped, start, within }, address: at }) => {
    const place = placeOf(
      start.map((index, axis) => index / (chunk[axis] ?? 1)),
      grid,
    )
    if (place === undefined || within !== 0) return source.refuse(`its array ${path} has a chunk outside of it`)
    return { place, address: at, size, skipped }
  })
}

const UNFILTERED_RECORDS = 10
const FILTERED_RECORDS = 11

function tree2Chunks(
  source: Hdf5Source,
  { path, filters, layout: { chunk } }: ChunkedArray,
  address: number,
  grid: readonly number[],
  chunkBytes: number,
): StoredChunk[] {
  const isFiltered = filters.length > 0
  const records = tree2Records(source, address, [isFiltered ? FILTERED_RECORDS : UNFILTERED_RECORDS])
  return records.map((record) => {
    const at = record.presentAddress()
    const size = isFiltered ? record.uint(record.remaining - 4 - 8 * chunk.length) : chunkBytes
    const skipped = isFiltered ? record.uint32() : 0
    const place = placeOf(
      chunk.map(() => record.uint(8)),
      grid,
    )
    return { place: place ?? source.refuse(`its array ${path} has a chunk outside of it`), address: at, size, skipped }
  })
}

/** Chunks of an array that may grow along one axis at most, listed in the order in which they would lie in the largest array. */
function listedChunks(
  source: Hdf5Source,
  { path, most, filters, layout: { chunk } }: ChunkedArray,
  address: number,
  index: Extract<ChunkIndex, { kind: 'fixed array' | 'extensible array' }>,
  grid: readonly number[],
  chunkBytes: number,
): StoredChunk[] {
  const largest = most.map((size, axis) => Math.ceil(size / (chunk[axis] ?? 1)))
  const growing = largest.indexOf(Number.POSITIVE_INFINITY)
  // The axis without limit stands first, so that nothing moves when the array grows.
  const axes = [...largest.keys()].toSorted((a, b) => Number(b === growing) - Number(a === growing))
  const sizes = axes.map((axis) => largest[axis] ?? 1)
  const list: ChunkList = {
    what: `the list of the chunks of ${path}`,
    address,
    isFiltered: filters.length > 0,
    chunkBytes,
  }
  const entries =
    index.kind === 'fixed array'
      ? fixedArrayEntries(source, list, index.pageBits, product(largest))
      : extensibleArrayEntries(source, list, index)
  return entries.flatMap(({ entry, address: at, size, skipped }) => {
    const ordered = placeInGrid(entry, sizes)
    const place = placeOf(
      chunk.map((_, axis) => ordered[axes.indexOf(axis)] ?? 0),
      grid,
    )
    return place === undefined ? [] : [{ place, address: at, size, skipped }]
  })
}
