import { ByteCursor } from './byte-cursor.ts'
import {
  type PickleDict,
  PickleGlobal,
  PickleInstance,
  PickleObject,
  PickleTuple,
  type PickleValue,
  type PickleWorld,
} from './pickle-values.ts'
import type { Refuse } from './refusal.ts'

/**
 * What a pickle may cost, which bounds time and memory: an operation is 1, an object that it makes OBJECT more, and an item that
 * a call makes CALLED. A tensor with its name costs about 150, a number in a list 1.
 */
const MAX_WORK = 4_000_000
const OBJECT = 8
const CALLED = 64

/** What the opcodes work on. */
interface Machine {
  readonly cursor: ByteCursor
  readonly world: PickleWorld
  readonly refuse: Refuse
  stack: PickleValue[]
  /** Stacks set aside by MARK. */
  readonly marked: PickleValue[][]
  readonly memo: Map<number, PickleValue>
  /** What it has cost so far. */
  work: number
}

/**
 * Reads a pickle of protocol 2 to 5 without executing anything: it holds numbers, texts, lists, tuples, dicts, what the world
 * makes of the names that it knows, and instances, which stand for everything else. Opcodes are those of Python's pickletools.
 * @param start where in the bytes it begins.
 * @returns its value, and where it ends.
 * @throws the refusal, when it is cut short, malformed, or costs too much.
 */
export function readPickle(
  bytes: Uint8Array,
  world: PickleWorld,
  refuse: Refuse,
  start = 0,
): { value: PickleValue; end: number } {
  const machine: Machine = {
    cursor: new ByteCursor(bytes, refuse, start),
    world,
    refuse,
    stack: [],
    marked: [],
    memo: new Map(),
    work: 0,
  }
  for (;;) {
    spend(machine, 1)
    const at = machine.cursor.offset
    const code = machine.cursor.uint8()
    if (code === STOP) return { value: pop(machine), end: machine.cursor.offset }
    const run = opcodes.get(code)
    if (run === undefined) return refuse(`there is an unknown pickle opcode 0x${code.toString(16)} at byte ${at}`)
    run(machine)
  }
}

function spend(machine: Machine, work: number): void {
  machine.work += work
  if (machine.work > MAX_WORK) machine.refuse('its pickle makes more objects than any checkpoint has')
}

const STOP = 0x2e

function pop({ stack, refuse }: Machine): PickleValue {
  const value = stack.pop()
  return value === undefined ? refuse('its pickle takes more from the stack than there is') : value
}

function top({ stack, refuse }: Machine): PickleValue {
  const value = stack.at(-1)
  return value === undefined ? refuse('its pickle takes more from the stack than there is') : value
}

/** What was put on the stack since the last MARK. */
function popMarked(machine: Machine): PickleValue[] {
  const items = machine.stack
  machine.stack = machine.marked.pop() ?? machine.refuse('its pickle goes back to a mark that it has not set')
  return items
}

/** The last values of the stack, in order. */
function popSome(machine: Machine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => pop(machine)).toReversed()
}

/** Appends to the list on top; of other objects, whose items nothing here needs, it is left out. */
function append(machine: Machine, items: readonly PickleValue[]): void {
  const value = top(machine)
  if (value instanceof PickleInstance) return
  const list = Array.isArray(value) ? value : machine.refuse('its pickle appends to what is no list')
  for (const item of items) list.push(item)
}

function dict(machine: Machine): PickleDict {
  const value = top(machine)
  if (value instanceof PickleInstance) {
    value.items ??= new Map()
    return value.items
  }
  return value instanceof Map ? value : machine.refuse('its pickle sets an item of what is no dict')
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) machine.refuse('its pickle has a key without a value')
  const target = dict(machine)
  let key: PickleValue | undefined
  for (const item of items) {
    if (key === undefined) key = item
    else {
      target.set(key, item)
      key = undefined
    }
  }
}

function remember(machine: Machine, index: number): void {
  spend(machine, OBJECT / 2)
  machine.memo.set(index, top(machine))
}

function recall({ memo, refuse }: Machine, index: number): PickleValue {
  const value = memo.get(index)
  return value === undefined ? refuse(`its pickle refers to memo ${index}, which is not set`) : value
}

function global({ refuse }: Machine, module: PickleValue, name: PickleValue): PickleGlobal {
  if (typeof module !== 'string' || typeof name !== 'string')
    return refuse('its pickle names a class by what is no text')
  // Python 2 calls the module otherwise.
  return new PickleGlobal(`${module === '__builtin__' ? 'builtins' : module}.${name}`)
}

/** Longest integer that is needed: PyTorch's magic number has 10 bytes. */
const MAX_INTEGER_BYTES = 16
/** Characters of the name of what calls of calls made. */
const MAX_PATH = 200

/** A little-endian integer in two's complement; a longer one than is needed anywhere is 0. */
function integer({ cursor }: Machine, length: number): number | bigint {
  const bytes = cursor.take(length)
  if (length > MAX_INTEGER_BYTES) return 0
  const unsigned = bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
  const value = BigInt.asIntN(8 * length, unsigned)
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Calls a known function; of all others only what they would be called with is kept. */
function call(machine: Machine, callable: PickleValue, args: PickleValue): PickleValue {
  if (!(args instanceof PickleTuple)) return machine.refuse('its pickle calls a function with what are no arguments')
  if (callable instanceof PickleInstance) return new PickleInstance(`${callable.path}()`.slice(0, MAX_PATH), args)
  if (!(callable instanceof PickleGlobal)) return machine.refuse('its pickle calls what is no function')
  const known = machine.world.call(callable.path, args.items, (items) => spend(machine, CALLED * items))
  return known ?? new PickleInstance(callable.path, args)
}

function reduce(machine: Machine): PickleValue {
  const [callable = null, args = null] = popSome(machine, 2)
  return call(machine, callable, args)
}

/** NEWOBJ_EX, whose named arguments nothing here needs. */
function newObject(machine: Machine): PickleValue {
  const [callable = null, args = null] = popSome(machine, 3)
  return call(machine, callable, args)
}

/** Sets the attributes of the object on top; those of a state dict (`_metadata`) and of a tensor are not needed. */
function build(machine: Machine): void {
  const state = pop(machine)
  const object = top(machine)
  if (object instanceof PickleInstance) object.state = state
  else if (!(object instanceof Map || object instanceof PickleObject))
    machine.refuse('its pickle sets attributes of what is no object')
}

const pushes =
  (make: (machine: Machine) => PickleValue) =>
  (machine: Machine): void => {
    const value = make(machine)
    machine.stack.push(value)
  }

/** As `pushes`, of a value that is an object of its own. */
const makes = (make: (machine: Machine) => PickleValue) =>
  pushes((machine) => {
    spend(machine, OBJECT)
    return make(machine)
  })

/** Text of Python 2, whose bytes are taken as UTF-8 like all others. */
const shortText = pushes(({ cursor }) => cursor.text(cursor.uint8()))
const text = pushes(({ cursor }) => cursor.text(cursor.uint32()))

const opcodes: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  // PROTO
  [
    0x80,
    ({ cursor, refuse }) => {
      const protocol = cursor.uint8()
      if (protocol < 2 || protocol > 5) refuse(`its pickle is of protocol ${protocol}, expected 2 to 5`)
    },
  ],
  // FRAME: a hint for buffered reading
  [0x95, ({ cursor }) => void cursor.length64()],
  // MARK
  [
    0x28,
    (machine) => {
      spend(machine, OBJECT)
      machine.marked.push(machine.stack)
      machine.stack = []
    },
  ],
  // POP, POP_MARK, DUP
  [0x30, (machine) => void pop(machine)],
  [0x31, (machine) => void popMarked(machine)],
  [0x32, pushes(top)],
  // NONE, NEWTRUE, NEWFALSE
  [0x4e, pushes(() => null)],
  [0x88, pushes(() => true)],
  [0x89, pushes(() => false)],
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  [0x4a, pushes(({ cursor }) => cursor.int32())],
  [0x4b, pushes(({ cursor }) => cursor.uint8())],
  [0x4d, pushes(({ cursor }) => cursor.uint16())],
  [0x8a, pushes((machine) => integer(machine, machine.cursor.uint8()))],
  [0x8b, pushes((machine) => integer(machine, machine.cursor.uint32()))],
  [0x47, pushes(({ cursor }) => cursor.float64BigEndian())],
  // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, SHORT_BINSTRING, BINSTRING
  [0x8c, shortText],
  [0x58, text],
  [0x8d, pushes(({ cursor }) => cursor.text(cursor.length64()))],
  [0x55, shortText],
  [0x54, text],
  // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
  [0x43, makes(({ cursor }) => cursor.take(cursor.uint8()))],
  [0x42, makes(({ cursor }) => cursor.take(cursor.uint32()))],
  [0x8e, makes(({ cursor }) => cursor.take(cursor.length64()))],
  [0x96, makes(({ cursor }) => cursor.take(cursor.length64()))],
  // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
  [0x29, makes(() => new PickleTuple([]))],
  [0x85, makes((machine) => new PickleTuple(popSome(machine, 1)))],
  [0x86, makes((machine) => new PickleTuple(popSome(machine, 2)))],
  [0x87, makes((machine) => new PickleTuple(popSome(machine, 3)))],
  [0x74, makes((machine) => new PickleTuple(popMarked(machine)))],
  // EMPTY_LIST, APPEND, APPENDS
  [0x5d, makes(() => [])],
  [0x61, (machine) => append(machine, popSome(machine, 1))],
  [0x65, (machine) => append(machine, popMarked(machine))],
  // EMPTY_DICT, SETITEM, SETITEMS
  [0x7d, makes(() => new Map())],
  [0x73, (machine) => setItems(machine, popSome(machine, 2))],
  [0x75, (machine) => setItems(machine, popMarked(machine))],
  // EMPTY_SET, ADDITEMS, FROZENSET
  [0x8f, makes(() => new PickleInstance('builtins.set', new PickleTuple([])))],
  [0x90, (machine) => append(machine, popMarked(machine))],
  [0x91, makes((machine) => new PickleInstance('builtins.frozenset', new PickleTuple(popMarked(machine))))],
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  [0x71, (machine) => remember(machine, machine.cursor.uint8())],
  [0x72, (machine) => remember(machine, machine.cursor.uint32())],
  [0x94, (machine) => remember(machine, machine.memo.size)],
  [0x68, pushes((machine) => recall(machine, machine.cursor.uint8()))],
  [0x6a, pushes((machine) => recall(machine, machine.cursor.uint32()))],
  // GLOBAL, STACK_GLOBAL
  [0x63, makes((machine) => global(machine, machine.cursor.line(), machine.cursor.line()))],
  [
    0x93,
    makes((machine) => {
      const [module = null, name = null] = popSome(machine, 2)
      return global(machine, module, name)
    }),
  ],
  // REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, BINPERSID
  [0x52, makes(reduce)],
  [0x81, makes(reduce)],
  [0x92, makes(newObject)],
  [0x62, build],
  [0x51, makes((machine) => machine.world.persistent(pop(machine)))],
])
