import type { Random } from './random.ts'

/** Makes another file of one; the file itself stays. */
export type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** Sizes, counts and offsets at which readers go wrong. */
const NUMBERS = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_fff0n,
]

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const flipBit: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  const at = random.below(bytes.length)
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
  return changed
}

const setByte: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  changed[random.below(bytes.length)] = random.below(256)
  return changed
}

const setNumber: Mutation = (bytes, random) => {
  const width = random.of([2, 4, 8])
  if (bytes.length < width) return bytes
  const changed = bytes.slice()
  const view = new DataView(changed.buffer, changed.byteOffset, changed.byteLength)
  const at = random.below(bytes.length - width + 1)
  const isLittle = random.below(2) === 0
  const value = random.of([...NUMBERS, BigInt(bytes.length), BigInt(random.below(2 ** 16))])
  if (width === 2) view.setUint16(at, Number(value & 0xffffn), isLittle)
  else if (width === 4) view.setUint32(at, Number(value & 0xffff_ffffn), isLittle)
  else view.setBigUint64(at, value, isLittle)
  return changed
}

const cutOff: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length))

const removePart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length)
  return joined(bytes.subarray(0, from), bytes.subarray(from + random.length(bytes.length)))
}

const repeatPart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length)
  const part = bytes.subarray(from, from + random.length(Math.min(bytes.length, 4096)))
  const times = 1 + random.length(64)
  return joined(bytes.subarray(0, from), ...Array.from({ length: times }, () => part), bytes.subarray(from))
}

const fillPart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length)
  return bytes.slice().fill(random.of([0, 0xff, 0x20, random.below(256)]), from, from + random.length(bytes.length))
}

const copyPart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length)
  return bytes.slice().copyWithin(random.below(bytes.length), from, from + random.length(bytes.length))
}

const splice: Mutation = (bytes, random, other) =>
  joined(bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length)))

/** What can be done to bytes of any kind. */
const byteMutations = [flipBit, setByte, setNumber, cutOff, removePart, repeatPart, fillPart, copyPart, splice]

/** Changes bytes in one to four places. */
export const mutateBytes: Mutation = (bytes, random, other) => {
  let changed = bytes
  for (let steps = 1 + random.length(4); steps > 0 && changed.length > 0; steps--) {
    changed = random.of(byteMutations)(changed, random, other)
  }
  return changed
}
