/** What the tests write as a pickle, in the opcodes of Python's pickler at protocol 2, which torch.save uses. */
export type Written =
  | null
  | boolean
  | number
  | string
  | { readonly kind: 'raw'; readonly bytes: readonly number[] }
  | { readonly kind: 'global'; readonly module: string; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Written[] }
  | { readonly kind: 'list'; readonly items: readonly Written[] }
  | { readonly kind: 'dict'; readonly items: readonly (readonly [Written, Written])[] }
  | {
      readonly kind: 'reduce'
      readonly callable: Written
      readonly args: Written
      readonly items?: Written
      readonly state?: Written
    }
  | { readonly kind: 'persistent'; readonly id: Written }

/** Opcodes as they are. */
export const raw = (bytes: readonly number[]): Written => ({ kind: 'raw', bytes })
export const global = (module: string, name: string): Written => ({ kind: 'global', module, name })
export const tuple = (...items: Written[]): Written => ({ kind: 'tuple', items })
export const list = (...items: Written[]): Written => ({ kind: 'list', items })
export const dict = (...items: (readonly [Written, Written])[]): Written => ({ kind: 'dict', items })
export const persistent = (id: Written): Written => ({ kind: 'persistent', id })

/** collections.OrderedDict with items, and attributes as state dicts have them. */
export const orderedDict = (items: readonly (readonly [Written, Written])[], state?: Written): Written => ({
  kind: 'reduce',
  callable: global('collections', 'OrderedDict'),
  args: tuple(),
  items: dict(...items),
  ...(state === undefined ? {} : { state }),
})

export const call = (module: string, name: string, ...args: Written[]): Written => ({
  kind: 'reduce',
  callable: global(module, name),
  args: tuple(...args),
})

const text = (value: string): number[] => [...new TextEncoder().encode(value)]
const uint32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)]

function float64(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return [...new Uint8Array(view.buffer)]
}

/** The bytes of a pickle: PROTO 2, the value with every container memorised, STOP. */
export function pickle(value: Written): Uint8Array {
  const out: number[] = [0x80, 2]
  let memo = 0
  const remember = (): void => {
    out.push(0x72, ...uint32(memo++))
  }
  const items = (pairs: readonly (readonly [Written, Written])[]): void => {
    if (pairs.length === 0) return
    out.push(0x28)
    for (const [key, item] of pairs) {
      write(key)
      write(item)
    }
    out.push(0x75)
  }
  const write = (next: Written): void => {
    if (next === null) out.push(0x4e)
    else if (typeof next === 'boolean') out.push(next ? 0x88 : 0x89)
    else if (typeof next === 'string') {
      out.push(0x58, ...uint32(text(next).length), ...text(next))
      remember()
    } else if (typeof next === 'number') {
      if (!Number.isInteger(next)) out.push(0x47, ...float64(next))
      else if (next >= 0 && next < 256) out.push(0x4b, next)
      else if (next >= 0 && next < 65536) out.push(0x4d, next & 255, next >> 8)
      else if (Math.abs(next) < 2 ** 31) out.push(0x4a, ...uint32(next))
      else out.push(0x8a, 8, ...new Uint8Array(BigInt64Array.of(BigInt(next)).buffer))
    } else if (next.kind === 'raw') for (const byte of next.bytes) out.push(byte)
    else if (next.kind === 'global') {
      out.push(0x63, ...text(`${next.module}\n${next.name}\n`))
      remember()
    } else if (next.kind === 'tuple') {
      if (next.items.length === 0) return void out.push(0x29)
      const short = [0x85, 0x86, 0x87][next.items.length - 1]
      if (short === undefined) out.push(0x28)
      next.items.forEach(write)
      out.push(short ?? 0x74)
      remember()
    } else if (next.kind === 'list') {
      out.push(0x5d)
      remember()
      out.push(0x28)
      next.items.forEach(write)
      out.push(0x65)
    } else if (next.kind === 'dict') {
      out.push(0x7d)
      remember()
      items(next.items)
    } else if (next.kind === 'persistent') {
      write(next.id)
      out.push(0x51)
    } else {
      write(next.callable)
      write(next.args)
      out.push(0x52)
      remember()
      if (typeof next.items === 'object' && next.items !== null && next.items.kind === 'dict') items(next.items.items)
      if (next.state !== undefined) {
        write(next.state)
        out.push(0x62)
      }
    }
  }
  write(value)
  out.push(0x2e)
  return Uint8Array.from(out)
}
