import type { Refuse } from '../refusal.ts'
import { lookup3 } from './checksums.ts'
import { type FieldSizes, Hdf5Cursor } from './cursor.ts'
import { Hdf5Source } from './source.ts'

/** How a HDF5 file begins. */
export const HDF5_SIGNATURE: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

/** Where the superblock may begin when other data stand before it: at 512 bytes (MATLAB) and every double of it. */
const FIRST_USER_BLOCK = 512
/** Most bytes that a superblock of a known version has. */
const MOST_BYTES = 104
const WHAT = 'its superblock'
const KNOWN_SIZES = [2, 4, 8]

const isSignatureAt = (bytes: Uint8Array, at: number): boolean =>
  HDF5_SIGNATURE.every((byte, i) => bytes[at + i] === byte)

/** Where a HDF5 file's superblock begins; undefined when the bytes are no such file. */
export function superblockOffset(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + HDF5_SIGNATURE.length <= bytes.length; at = at === 0 ? FIRST_USER_BLOCK : 2 * at)
    if (isSignatureAt(bytes, at)) return at
  return undefined
}

/** What the superblock says: the bytes that the file has, and where its root group is. */
export interface Superblock {
  readonly source: Hdf5Source
  readonly root: number
}

/** Reads the superblock. @throws the refusal, when it is damaged or of an unknown version, or the file is cut short. */
export function readSuperblock(bytes: Uint8Array, refuse: Refuse): Superblock {
  const start = superblockOffset(bytes) ?? refuse('it does not begin as a HDF5 file')
  const block = bytes.subarray(start, start + MOST_BYTES)
  const version = block[HDF5_SIGNATURE.length] ?? 0
  return version < 2 ? readFirst(bytes, block, start, refuse) : readSecond(bytes, block, start, refuse)
}

/** Versions 0 and 1, which have no checksum. */
function readFirst(bytes: Uint8Array, block: Uint8Array, start: number, refuse: Refuse): Superblock {
  const sizes = fieldSizes(block[13], block[14], refuse)
  const cursor = new Hdf5Cursor(block, sizes, WHAT, refuse)
  cursor.skip(HDF5_SIGNATURE.length)
  const version = cursor.version(0, 1)
  // Versions of free space, root group and shared headers, sizes of fields, nodes of groups, and flags.
  cursor.skip(version === 0 ? 15 : 19)
  const base = cursor.presentAddress()
  cursor.address()
  const end = cursor.presentAddress()
  cursor.address()
  cursor.length()
  const root = cursor.presentAddress()
  cursor.skip(24)
  return superblock(bytes, { start, base, end, root, size: cursor.offset, sizes }, refuse)
}

/** Versions 2 and 3. */
function readSecond(bytes: Uint8Array, block: Uint8Array, start: number, refuse: Refuse): Superblock {
  const sizes = fieldSizes(block[9], block[10], refuse)
  const cursor = new Hdf5Cursor(block, sizes, WHAT, refuse)
  cursor.skip(HDF5_SIGNATURE.length)
  cursor.version(2, 3)
  cursor.skip(3)
  const base = cursor.presentAddress()
  cursor.address()
  const end = cursor.presentAddress()
  const root = cursor.presentAddress()
  const content = block.subarray(0, cursor.offset)
  if (cursor.uint32() !== lookup3(content)) refuse(`${WHAT} does not have the checksum that it says: it is damaged`)
  return superblock(bytes, { start, base, end, root, size: cursor.offset, sizes }, refuse)
}

function fieldSizes(offset = 0, length = 0, refuse: Refuse): FieldSizes {
  if (!KNOWN_SIZES.includes(offset) || !KNOWN_SIZES.includes(length))
    refuse(`${WHAT} gives addresses ${offset} bytes and lengths ${length}`)
  return { offset, length }
}

interface Said {
  readonly start: number
  readonly base: number
  readonly end: number
  readonly root: number
  readonly size: number
  readonly sizes: FieldSizes
}

function superblock(bytes: Uint8Array, { start, base, end, root, size, sizes }: Said, refuse: Refuse): Superblock {
  if (base !== start) refuse(`${WHAT} gives ${base} as the place where it begins, which is ${start}`)
  if (end > bytes.length) refuse(`it is cut short: it has ${bytes.length} bytes of ${end}`)
  const source = new Hdf5Source(bytes.subarray(base, end), sizes, refuse)
  source.take(0, size, WHAT)
  return { source, root }
}
