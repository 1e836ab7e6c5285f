import { ByteCursor } from './byte-cursor.ts'
import { readPickle } from './pickle.ts'
import { PickleObject, type PickleValue, type PickleWorld, showValue } from './pickle-values.ts'
import type { Refuse } from './refusal.ts'
import { stateDictOf } from './state-dict.ts'
import { TorchStorage, torchWorld } from './torch-objects.ts'
import type { TorchFile } from './torch-zip.ts'

/** What the file's first pickle holds (torch/serialization.py, MAGIC_NUMBER). */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn
const PROTOCOL_VERSION = 1001

/** Where in the first bytes the magic number may stand: behind PROTO, and from protocol 4 on FRAME. */
const MAGIC_PLACES = [2, 11]
const MAGIC_SIGNATURE = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]
const PROTO = 0x80

/** Whether a file begins as a legacy file does: with a pickle of an integer of ten bytes. */
export const isTorchLegacy = (bytes: Uint8Array): boolean =>
  bytes[0] === PROTO && MAGIC_PLACES.some((place) => MAGIC_SIGNATURE.every((byte, i) => bytes[place + i] === byte))

/**
 * Reads what `torch.save` wrote before PyTorch 1.6: pickles of a magic number, the protocol's version, the system, the
 * object, and the keys of the storages, which follow, each after its number of elements.
 * @param network key of the one that is wanted, where it holds several.
 * @throws the refusal, when anything in it is not as it should be.
 */
export function readTorchLegacy(bytes: Uint8Array, refuse: Refuse, network?: string): TorchFile {
  const storages = new Map<string, TorchStorage>()
  const world = remembering(torchWorld(refuse), storages)
  let end = 0
  const next = (): PickleValue => {
    const pickle = readPickle(bytes, world, refuse, end)
    end = pickle.end
    return pickle.value
  }
  if (next() !== MAGIC_NUMBER) refuse("it does not begin with PyTorch's magic number")
  const version = next()
  if (version !== PROTOCOL_VERSION)
    refuse(`it is of protocol version ${showValue(version)}, expected ${PROTOCOL_VERSION}`)
  const system = next()
  if (system instanceof Map && system.get('little_endian') === false)
    refuse('it was saved on a big-endian machine; save it on a little-endian one')
  const root = next()
  const keys = next()
  if (!Array.isArray(keys)) return refuse('it has no list of storages')
  const contents = readStorages(new ByteCursor(bytes, refuse, end), keys, storages, refuse)
  return {
    ...stateDictOf(root, refuse, network),
    bytesOf: ({ key }) => contents.get(key) ?? refuse(`its storage ${key} is missing`),
  }
}

/** The same world, noting the storages that a pickle refers to. */
const remembering = (world: PickleWorld, storages: Map<string, TorchStorage>): PickleWorld => ({
  ...world,
  persistent: (id) => {
    const value = world.persistent(id)
    if (value instanceof PickleObject && value.content instanceof TorchStorage)
      storages.set(value.content.key, value.content)
    return value
  },
})

function readStorages(
  cursor: ByteCursor,
  keys: readonly PickleValue[],
  storages: ReadonlyMap<string, TorchStorage>,
  refuse: Refuse,
): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>()
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (storage === undefined) return refuse('it lists a storage that no tensor uses')
    const length = cursor.length64()
    if (length !== storage.length)
      refuse(`storage ${storage.key} has ${length} elements, its tensors expect ${storage.length}`)
    const width =
      storage.elementBytes ?? refuse(`storage ${storage.key} is of ${storage.className}, whose size is not known`)
    contents.set(storage.key, cursor.take(length * width))
  }
  if (cursor.remaining > 0) refuse(`${cursor.remaining} bytes belong to no storage`)
  return contents
}
