import type { Hdf5Cursor } from './cursor.ts'
import type { Hdf5Source } from './source.ts'

/** Kinds of messages in an object's header, as the specification numbers them. */
export const MESSAGE = {
  nothing: 0x00,
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

const LAST_KNOWN = 0x17
const SHARED_FLAG = 0x02

/** One statement about an object. */
export interface Message {
  readonly kind: number
  readonly bytes: Uint8Array
  /** Whether the bytes only say where the message itself is. */
  readonly isShared: boolean
}

/** The messages of the object at an address, in all parts of its header. */
export function readObjectHeader(source: Hdf5Source, address: number): Message[] {
  const isSecond = String.fromCharCode(...source.peek(address, 4)) === 'OHDR'
  const messages = isSecond ? readSecond(source, address) : readFirst(source, address)
  for (const { kind } of messages)
    if (kind > LAST_KNOWN) source.refuse(`the object at ${address} has a message of the unknown kind ${kind}`)
  return messages
}

/** The messages of one kind. */
export const messagesOf = (messages: readonly Message[], kind: number): Message[] =>
  messages.filter((message) => message.kind === kind)

/** Version 1: an unmarked beginning, no checksum. */
function readFirst(source: Hdf5Source, address: number): Message[] {
  const what = `the header of the object at ${address}`
  const prefix = source.structure(address, 16, what)
  prefix.version(1)
  prefix.skip(1)
  const count = prefix.uint16()
  prefix.skip(4)
  const size = prefix.uint32()
  const messages: Message[] = []
  const parts = [source.structure(address + 16, size, what)]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    while (part.remaining >= 8) {
      const kind = part.uint16()
      const length = part.uint16()
      const isShared = (part.uint8() & SHARED_FLAG) !== 0
      part.skip(3)
      const bytes = part.take(length)
      messages.push({ kind, bytes, isShared })
      if (kind === MESSAGE.continuation) {
        const { address: next, length: nextLength } = continuation(source, bytes, what)
        parts.push(source.structure(next, nextLength, what))
      }
    }
    if (part.remaining > 0) source.refuse(`${what} ends within a message`)
  }
  if (messages.length !== count) source.refuse(`${what} has ${messages.length} messages, it says ${count}`)
  return messages
}

/** Version 2: every part is marked and has a checksum. */
function readSecond(source: Hdf5Source, address: number): Message[] {
  const what = `the header of the object at ${address}`
  const prefix = source.cursor(source.peek(address, 64), what)
  prefix.expect('OHDR')
  prefix.version(2)
  const flags = prefix.uint8()
  if (flags & 0x20) prefix.skip(16)
  if (flags & 0x10) prefix.skip(4)
  const size = prefix.uint(1 << (flags & 3))
  const first = source.checkedStructure(address, prefix.offset + size + 4, what)
  first.skip(prefix.offset)
  const messages: Message[] = []
  const parts = [first]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    for (const message of messagesIn(part, (flags & 0x04) !== 0)) {
      messages.push(message)
      if (message.kind !== MESSAGE.continuation) continue
      const { address: next, length } = continuation(source, message.bytes, what)
      const nextPart = source.checkedStructure(next, length, what)
      nextPart.expect('OCHK')
      parts.push(nextPart)
    }
  }
  return messages
}

/** What is left at the end and too short for a message is a gap. */
function messagesIn(part: Hdf5Cursor, hasOrder: boolean): Message[] {
  const messages: Message[] = []
  while (part.remaining >= (hasOrder ? 6 : 4)) {
    const kind = part.uint8()
    const length = part.uint16()
    const isShared = (part.uint8() & SHARED_FLAG) !== 0
    if (hasOrder) part.skip(2)
    messages.push({ kind, bytes: part.take(length), isShared })
  }
  return messages
}

function continuation(source: Hdf5Source, bytes: Uint8Array, what: string): { address: number; length: number } {
  const cursor = source.cursor(bytes, what)
  return { address: cursor.presentAddress(), length: cursor.length() }
}
