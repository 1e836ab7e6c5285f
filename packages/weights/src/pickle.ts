import { ByteCursor } from './byte-cursor.ts'
import { type PickleDict, PickleGlobal, PickleTuple, type PickleValue, type PickleWorld } from './pickle-values.ts'
import type { Refuse } from './refusal.ts'

/** Longest integer that is read: PyTorch's magic number has 10 bytes. */
const MAX_INTEGER_BYTES = 16
/** Most operations of a pickle, which bounds the memory that it takes: a tensor needs about 30. */
const MAX_OPERATIONS = 2_000_000

/** What the opcodes work on. */
interface Machine {
  readonly cursor: ByteCursor
  readonly world: PickleWorld
  readonly refuse: Refuse
  stack: PickleValue[]
  /** Stacks set aside by MARK. */
  readonly marked: PickleValue[][]
  readonly memo: Map<number, PickleValue>
}

/**
 * Reads a pickle of protocol 2 to 5 without executing anything: it holds numbers, texts, lists, tuples, dicts, and what
 * the world makes of the names that it knows. Opcodes are those of Python's pickletools that such a pickle can have.
 * @param start where in the bytes it begins.
 * @returns its value, and where it ends.
 * @throws the refusal, when it is cut short, malformed, or names something that the world does not know.
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
  }
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    const at = machine.cursor.offset
    const code = machine.cursor.uint8()
    if (code === STOP) return { value: pop(machine), end: machine.cursor.offset }
    const run = opcodes.get(code)
    if (run === undefined) return refuse(`there is an unknown pickle opcode 0x${code.toString(16)} at byte ${at}`)
    run(machine)
  }
  return refuse(`its pickle has more than ${MAX_OPERATIONS} operations`)
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

function list(machine: Machine): PickleValue[] {
  const value = top(machine)
  return Array.isArray(value) ? value : machine.refuse('its pickle appends to what is no list')
}

function dict(machine: Machine): PickleDict {
  const value = top(machine)
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
  machine.memo.set(index, top(machine))
}

function recall({ memo, refuse }: Machine, index: number): PickleValue {
  const value = memo.get(index)
  return value === undefined ? refuse(`its pickle refers to memo ${index}, which is not set`) : value
}

function global({ world, refuse }: Machine, module: PickleValue, name: PickleValue): PickleGlobal {
  if (typeof module !== 'string' || typeof name !== 'string')
    return refuse('its pickle names a class by what is no text')
  const path = `${module}.${name}`
  if (!world.knows(path))
    return refuse(`it holds an object of ${path}, and only plain tensors are read; save the state_dict() of the model`)
  return new PickleGlobal(path)
}

/** A little-endian integer in two's complement. */
function integer({ cursor, refuse }: Machine): number | bigint {
  const length = cursor.uint8()
  if (length > MAX_INTEGER_BYTES) return refuse(`it holds an integer of ${length} bytes`)
  const bytes = cursor.take(length)
  const unsigned = bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
  const value = BigInt.asIntN(8 * length, unsigned)
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function reduce(machine: Machine): PickleValue {
  const [callable = null, args = null] = popSome(machine, 2)
  if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple))
    return machine.refuse('its pickle calls what is no function')
  return machine.world.call(callable.path, args.items)
}

/** Sets attributes of the object on top, such as the `_metadata` of a state dict, which nothing here needs. */
function build(machine: Machine): void {
  const state = pop(machine)
  if (!(top(machine) instanceof Map) || !(state instanceof Map))
    machine.refuse('its pickle sets attributes of what is no dict')
}

const pushes =
  (make: (machine: Machine) => PickleValue) =>
  (machine: Machine): void => {
    const value = make(machine)
    machine.stack.push(value)
  }

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
  // BININT, BININT1, BININT2, LONG1, BINFLOAT
  [0x4a, pushes(({ cursor }) => cursor.int32())],
  [0x4b, pushes(({ cursor }) => cursor.uint8())],
  [0x4d, pushes(({ cursor }) => cursor.uint16())],
  [0x8a, pushes(integer)],
  [0x47, pushes(({ cursor }) => cursor.float64BigEndian())],
  // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, SHORT_BINSTRING, BINSTRING
  [0x8c, shortText],
  [0x58, text],
  [0x8d, pushes(({ cursor }) => cursor.text(cursor.length64()))],
  [0x55, shortText],
  [0x54, text],
  // SHORT_BINBYTES, BINBYTES, BINBYTES8
  [0x43, pushes(({ cursor }) => cursor.take(cursor.uint8()))],
  [0x42, pushes(({ cursor }) => cursor.take(cursor.uint32()))],
  [0x8e, pushes(({ cursor }) => cursor.take(cursor.length64()))],
  // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
  [0x29, pushes(() => new PickleTuple([]))],
  [0x85, pushes((machine) => new PickleTuple(popSome(machine, 1)))],
  [0x86, pushes((machine) => new PickleTuple(popSome(machine, 2)))],
  [0x87, pushes((machine) => new PickleTuple(popSome(machine, 3)))],
  [0x74, pushes((machine) => new PickleTuple(popMarked(machine)))],
  // EMPTY_LIST, APPEND, APPENDS
  [0x5d, pushes(() => [])],
  [
    0x61,
    (machine) => {
      const item = pop(machine)
      list(machine).push(item)
    },
  ],
  [
    0x65,
    (machine) => {
      const items = popMarked(machine)
      const target = list(machine)
      for (const item of items) target.push(item)
    },
  ],
  // EMPTY_DICT, SETITEM, SETITEMS
  [0x7d, pushes(() => new Map())],
  [0x73, (machine) => setItems(machine, popSome(machine, 2))],
  [0x75, (machine) => setItems(machine, popMarked(machine))],
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  [0x71, (machine) => remember(machine, machine.cursor.uint8())],
  [0x72, (machine) => remember(machine, machine.cursor.uint32())],
  [0x94, (machine) => remember(machine, machine.memo.size)],
  [0x68, pushes((machine) => recall(machine, machine.cursor.uint8()))],
  [0x6a, pushes((machine) => recall(machine, machine.cursor.uint32()))],
  // GLOBAL, STACK_GLOBAL
  [0x63, pushes((machine) => global(machine, machine.cursor.line(), machine.cursor.line()))],
  [
    0x93,
    pushes((machine) => {
      const [module = null, name = null] = popSome(machine, 2)
      return global(machine, module, name)
    }),
  ],
  // REDUCE, BUILD, BINPERSID
  [0x52, pushes(reduce)],
  [0x62, build],
  [0x51, pushes((machine) => machine.world.persistent(pop(machine)))],
])
