import type { Refuse } from '../refusal.ts'
import { type Hdf5Attributes, readAttributes } from './attributes.ts'
import { readChunks } from './chunks.ts'
import { type Hdf5Type, readDataspace, readDatatype } from './datatype.ts'
import { readFilters } from './filters.ts'
import { type GlobalHeaps, globalHeaps } from './global-heaps.ts'
import { isGroup, joined, type Link, readLinks } from './groups.ts'
import { readLayout } from './layout.ts'
import { MESSAGE, type Message, messagesOf, readObjectHeader } from './object-header.ts'
import type { Hdf5Source } from './source.ts'
import { readSuperblock } from './superblock.ts'
import { decodeFloats, decodeNumbers } from './values.ts'

/** A group: objects by name, in the order of their creation where the file keeps it, else by name. */
export interface Hdf5Group {
  readonly kind: 'group'
  readonly path: string
  readonly attributes: Hdf5Attributes
  /** Reads what the group holds, each object once. */
  entries(): ReadonlyMap<string, Hdf5Object>
}

/** An array, whose values are read when they are asked for, and once. */
export interface Hdf5Dataset {
  readonly kind: 'array'
  readonly path: string
  readonly shape: readonly number[]
  readonly type: Hdf5Type
  readonly attributes: Hdf5Attributes
  /**
   * Floating-point numbers, as float32; float16, bfloat16, float32 and float64 are read, also bfloat16 as Keras stores it: two
   * bytes each, and an attribute `dtype`.
   */
  floats(): Float32Array<ArrayBuffer>
  /** Integers and floating-point numbers as doubles. */
  numbers(): Float64Array<ArrayBuffer>
  /** The objects that references lead to, as MATLAB's cells have them. */
  references(): Hdf5Object[]
}

export type Hdf5Object = Hdf5Group | Hdf5Dataset | { readonly kind: 'other' }

/** A HDF5 file that is open for reading. */
export interface Hdf5File {
  readonly root: Hdf5Group
  /** To be called when all is read. @throws the refusal, when what was read overlaps, or arrays differ in the order of bytes. */
  finish(): void
}

/** How Keras stores it. */
const bfloat16 = { kind: 'float', bytes: 2, isBigEndian: false, format: 'BF16' } as const

/** Groups and links that a link leads over. */
const MAX_STEPS = 100
/** Groups in groups that are looked into. */
const MAX_DEPTH = 64

/**
 * Opens a HDF5 file, also one behind a user block as MATLAB writes it. Everything is checked that the format lets one check:
 * checksums of metadata and chunks where there are any, and that no two structures have the same bytes, which also ends
 * files that contain themselves.
 * @throws the refusal, here and wherever something is read, when the file is damaged, cut short, claims far more values
 * than it has bytes, or its values are in other files.
 */
export function openHdf5(bytes: Uint8Array, refuse: Refuse): Hdf5File {
  const { source, root } = readSuperblock(bytes, refuse)
  const reader = new Reader(source, root)
  const group = reader.linked(root, '', 0)
  if (group.kind !== 'group') return refuse('its first object is no group')
  return { root: group, finish: () => reader.finish() }
}

/** Where an object is, and its name among all. */
interface Place {
  readonly address: number
  readonly path: string
}

/** Objects by their address, so that one with two names is read once. */
class Reader {
  readonly #source: Hdf5Source
  readonly #heaps: GlobalHeaps
  readonly #headers = new Map<number, Message[]>()
  readonly #objects = new Map<number, Hdf5Object>()
  readonly #byteOrders = new Set<boolean>()
  readonly #linkedGroups = new Set<Hdf5Object>()
  /** What groups hold, by their address. */
  readonly #links = new Map<number, ReadonlyMap<string, Link>>()
  readonly #root: number

  constructor(source: Hdf5Source, root: number) {
    this.#source = source
    this.#root = root
    this.#heaps = globalHeaps(source)
  }

  /** The object that a group's entry leads to. Groups that lead to themselves would have no end. */
  linked(address: number, path: string, depth: number): Hdf5Object {
    if (depth > MAX_DEPTH) this.#source.refuse(`its groups lie more than ${MAX_DEPTH} deep`)
    const object = this.#object(address, path, depth)
    if (object.kind !== 'group') return object
    if (this.#linkedGroups.has(object)) this.#source.refuse(`its group ${path} is in two groups`)
    this.#linkedGroups.add(object)
    return object
  }

  #object(address: number, path: string, depth: number): Hdf5Object {
    const known = this.#objects.get(address)
    if (known !== undefined) return known
    const messages = this.#header(address)
    const object = isGroup(messages)
      ? this.#group({ address, path }, depth)
      : messagesOf(messages, MESSAGE.layout).length > 0
        ? this.#dataset(messages, path)
        : this.#other(messages, path)
    this.#objects.set(address, object)
    return object
  }

  /** Writers have one order of bytes: where arrays differ, the statement of one is damaged. */
  finish(): void {
    this.#source.checkOverlaps()
    if (this.#byteOrders.size > 1) this.#source.refuse('its arrays are of both orders of bytes')
  }

  /** A type with a name is read by every array of it. */
  #header(address: number): Message[] {
    const messages = this.#headers.get(address) ?? readObjectHeader(this.#source, address)
    this.#headers.set(address, messages)
    return messages
  }

  #group(place: Place, depth: number): Hdf5Group {
    const { path } = place
    const source = this.#source
    const messages = this.#header(place.address)
    const attributes = once(() => readAttributes(source, messages, this.#heaps))
    const entries = once(() => {
      const links = [...this.#linksOf(place).values()]
      // An array has the path of the group that it is in, not that of a link to it.
      const hard = links.flatMap((link) =>
        'address' in link ? [[link.name, this.linked(link.address, joined(path, link.name), depth + 1)] as const] : [],
      )
      const objects = new Map(hard)
      return new Map(links.map((link) => [link.name, objects.get(link.name) ?? this.#followed(place, link)]))
    })
    return {
      kind: 'group',
      path,
      get attributes() {
        return attributes()
      },
      entries,
    }
  }

  #linksOf({ address, path }: Place): ReadonlyMap<string, Link> {
    const links =
      this.#links.get(address) ??
      new Map(readLinks(this.#source, this.#header(address), path).map((link) => [link.name, link]))
    this.#links.set(address, links)
    return links
  }

  /** The array that a soft link leads to. One to a group could lead back to the link. */
  #followed(group: Place, link: Link): Hdf5Object {
    const what = `its entry ${joined(group.path, link.name)}`
    const found = this.#resolve(group, link, { left: MAX_STEPS, what })
    const object = this.#object(found.address, found.path, 0)
    return object.kind === 'group'
      ? this.#source.refuse(`${what} is a link to a group, which is not followed; store its arrays themselves`)
      : object
  }

  /** What a link of a group leads to, over as many further links as there are. */
  #resolve(group: Place, link: Link, way: { left: number; readonly what: string }): Place {
    if ('address' in link) return { address: link.address, path: joined(group.path, link.name) }
    const nowhere = (): never =>
      this.#source.refuse(`${way.what} is a link to ${link.target}, which is not in the file`)
    let at = link.target.startsWith('/') ? { address: this.#root, path: '' } : group
    for (const name of link.target.split('/')) {
      if (name === '' || name === '.') continue
      if (way.left-- === 0) this.#source.refuse(`${way.what} is a link that leads in a circle`)
      if (!isGroup(this.#header(at.address))) nowhere()
      at = this.#resolve(at, this.#linksOf(at).get(name) ?? nowhere(), way)
    }
    return at
  }

  #other(messages: readonly Message[], path: string): Hdf5Object {
    const isNamedType = messagesOf(messages, MESSAGE.datatype).length === 1
    if (!isNamedType || messagesOf(messages, MESSAGE.dataspace).length > 0)
      this.#source.refuse(`its object ${path} is neither a group nor an array`)
    return { kind: 'other' }
  }

  #dataset(messages: readonly Message[], path: string): Hdf5Dataset {
    const source = this.#source
    const only = (kind: number, name: string): Message => {
      const found = messagesOf(messages, kind)
      return found[0] === undefined || found.length > 1
        ? source.refuse(`its array ${path} has ${found.length} statements of its ${name}`)
        : found[0]
    }
    const what = `its array ${path}`
    if (messagesOf(messages, MESSAGE.externalFiles).length > 0)
      source.refuse(`${what} has its values in other files; store them in this one`)
    const layout = readLayout(source.cursor(only(MESSAGE.layout, 'place').bytes, what), path)
    const space = readDataspace(source.cursor(only(MESSAGE.dataspace, 'shape').bytes, what))
    const type = readDatatype(source.cursor(this.#typeBytes(only(MESSAGE.datatype, 'type'), what), what))
    const filters = messagesOf(messages, MESSAGE.filters).flatMap(({ bytes }) =>
      readFilters(source.cursor(bytes, what)),
    )
    const { shape, most } = space ?? { shape: [0], most: [0] }
    const size = shape.reduce((product, length) => product * length, type.bytes)

    const bytes = once((): Uint8Array => {
      if (size === 0) return new Uint8Array()
      if (layout.kind === 'chunked') {
        return readChunks(source, { path, shape, most, elementBytes: type.bytes, layout, filters })
      }
      if (filters.length > 0) source.refuse(`${what} is packed, but lies in no chunks`)
      source.claim(size)
      const stored = layout.kind === 'compact' ? layout.bytes.length : layout.size
      if (stored !== size) source.refuse(`${what} has ${stored} bytes, its shape and type need ${size}`)
      if (layout.kind === 'compact') return layout.bytes
      return source.take(layout.address ?? source.refuse(`${what} was never written`), size, what)
    })
    const attributes = once(() => readAttributes(source, messages, this.#heaps))
    const unexpected = (expected: string): never =>
      source.refuse(`${what} has elements of another type than ${expected}`)
    return {
      kind: 'array',
      path,
      shape,
      type,
      get attributes() {
        return attributes()
      },
      floats: once(() => {
        const float = type.kind === 'opaque' && attributes().get('dtype')?.[0] === 'bfloat16' ? bfloat16 : type
        if (float.kind !== 'float' || float.format === undefined || float.bytes !== type.bytes)
          return unexpected('float16, bfloat16, float32 or float64')
        this.#byteOrders.add(float.isBigEndian)
        return decodeFloats(bytes(), { ...float, format: float.format })
      }),
      numbers: once(() =>
        type.kind === 'integer' || type.kind === 'float' ? decodeNumbers(bytes(), type) : unexpected('numbers'),
      ),
      references: once(() => {
        if (type.kind !== 'reference') return unexpected('references')
        const cursor = source.cursor(bytes(), what)
        return shape.length === 0 || size === 0
          ? []
          : Array.from({ length: size / type.bytes }, (_, i) =>
              this.#object(cursor.uint(type.bytes), `${path}[${i}]`, 0),
            )
      }),
    }
  }

  /** A type may lie elsewhere, as an object with a name. */
  #typeBytes({ bytes, isShared }: Message, what: string): Uint8Array {
    if (!isShared) return bytes
    const source = this.#source
    const cursor = source.cursor(bytes, what)
    const version = cursor.version(1, 2, 3)
    const place = cursor.uint8()
    if (version === 1) cursor.skip(6)
    if (version === 3 && place !== 2) source.refuse(`${what} has a type that is shared in an unknown way`)
    const [type] = messagesOf(this.#header(cursor.presentAddress()), MESSAGE.datatype)
    return type?.bytes ?? source.refuse(`${what} has no type`)
  }
}

/** What a function gives, computed at the first call. */
function once<Value>(compute: () => Value): () => Value {
  let computed: { readonly value: Value } | undefined
  return () => {
    computed ??= { value: compute() }
    return computed.value
  }
}
