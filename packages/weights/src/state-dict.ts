import type { StoredLayer } from '@noisescope/nn'
import { moduleOf, moduleState } from './module-state.ts'
import { PickleInstance, PickleTuple, type PickleValue, showValue } from './pickle-values.ts'
import type { Refuse } from './refusal.ts'
import { type TorchTensor, tensorOf } from './torch-objects.ts'

/** Keys under which training scripts keep the weights beside epoch numbers and optimisers, the first found wins. */
const WRAPPERS = [
  'params_ema',
  'state_dict',
  'model_state_dict',
  'model',
  'params',
  'net',
  'network',
  'netG',
  'generator',
]

/** Keys of the state of an optimiser, whose tensors are no weights. */
const OPTIMISER = /optim/i

/** What PyTorch makes tensors with; one that is not known is a weight that would be missing. */
const TENSOR_MAKER = /^torch\.(_utils|_tensor)\._rebuild/

/** Characters of a text beside the weights that are kept. */
const MAX_NOTE_LENGTH = 1000

/** Dicts in dicts that are looked into. */
const MAX_DEPTH = 4

/** Entries that are looked at in search of tensors, each as often as others hold it. */
const MAX_LOOKS = 2_000_000

/** Keys and classes that a message names. */
const MAX_NAMED = 10

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TorchTensor>
  /** The layers of a whole model, in their order; none of a mere state dict. */
  readonly layers: readonly StoredLayer[]
  /** Numbers and texts that stand beside, such as the epoch. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The tensors of a checkpoint: of the dict or whole model itself, or of the one under a usual key, or of the only one that has
 * any, or under the key that is wanted.
 * @throws the refusal, when there are none, or several dicts of them.
 */
export function stateDictOf(root: PickleValue, refuse: Refuse, network?: string): StateDict {
  const metadata: [string, string][] = []
  const search = searchForTensors(refuse)
  let found = root
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    metadata.push(...notes(found))
    const inner = wrapped(found, search, refuse, network)
    if (inner === undefined) break
    found = inner
  }
  const { tensors, layers } =
    moduleOf(found) === undefined ? { tensors: tensorsOf(found, refuse), layers: [] } : moduleState(found, refuse)
  if (tensors.size === 0) return refuse(`it holds no dict of tensors, only ${described(found)}`)
  return { tensors, layers, metadata: Object.fromEntries(metadata) }
}

function tensorsOf(value: PickleValue, refuse: Refuse): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>()
  for (const [key, item] of entriesOf(value)) {
    if (typeof key !== 'string') continue
    const tensor = tensorOf(item)
    if (tensor !== undefined) tensors.set(key, tensor)
    else if (item instanceof PickleInstance && TENSOR_MAKER.test(item.path))
      refuse(`its tensor ${key} is made by ${item.path}, and only plain dense tensors are read`)
  }
  return tensors
}

/** The entries of a dict, of an object that is like one, or of a list under their numbers. */
function entriesOf(value: PickleValue | undefined): (readonly [PickleValue, PickleValue])[] {
  if (value instanceof Map) return [...value]
  if (value instanceof PickleInstance) return [...(value.items ?? [])]
  const items = value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : []
  return items.map((item, i) => [i, item])
}

/** What a value is, for a message: the keys of a dict, and of which classes the objects in it are. */
function described(value: PickleValue): string {
  const entries = entriesOf(value)
  const objects = new Set(
    [value, ...entries.map(([, item]) => item)].flatMap((item) => (item instanceof PickleInstance ? [item.path] : [])),
  )
  const keys = entries.slice(0, MAX_NAMED).map(([key]) => showValue(key))
  const named = [...objects].slice(0, MAX_NAMED)
  return [
    ...(keys.length > 0 ? [`the keys ${keys.join(', ')}`] : []),
    ...(named.length > 0 ? [`objects of ${named.join(', ')}, which are not made here: save the state_dict()`] : []),
    ...(keys.length + named.length > 0 ? [] : [showValue(value)]),
  ].join(', and ')
}

const notes = (value: PickleValue): [string, string][] =>
  (value instanceof Map ? [...value] : []).flatMap(([key, item]) =>
    typeof key === 'string' && ['string', 'number', 'boolean'].includes(typeof item)
      ? [[key, String(item).slice(0, MAX_NOTE_LENGTH)]]
      : [],
  )

type Search = (value: PickleValue | undefined) => value is PickleValue

/** Whether there is a tensor in a value or in one within; all questions together cost no more than a file may. */
function searchForTensors(refuse: Refuse): Search {
  let looks = 0
  const isIn = (value: PickleValue | undefined, seen: Set<PickleValue>, depth: number): value is PickleValue => {
    if (moduleOf(value) !== undefined) return true
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > MAX_DEPTH) return false
    // What holds itself is not walked again.
    seen.add(value)
    const entries = entriesOf(value)
    looks += entries.length
    if (looks > MAX_LOOKS) refuse('its dicts hold one another too often')
    return entries.some(([, item]) => tensorOf(item) !== undefined || isIn(item, seen, depth + 1))
  }
  return (value): value is PickleValue => isIn(value, new Set(), 0)
}

/** What of a value holds the weights; undefined when it is the value itself. */
function wrapped(
  value: PickleValue,
  hasTensors: Search,
  refuse: Refuse,
  network: string | undefined,
): PickleValue | undefined {
  if (moduleOf(value) !== undefined) return undefined
  const entries = entriesOf(value)
  const [, wanted] = entries.find(([name]) => network !== undefined && showValue(name) === network) ?? []
  if (hasTensors(wanted)) return wanted
  for (const key of WRAPPERS) {
    const [, inner] = entries.find(([name]) => name === key) ?? []
    if (hasTensors(inner)) return inner
  }
  const isDict = value instanceof Map || value instanceof PickleInstance
  if (isDict && entries.some(([, item]) => tensorOf(item) !== undefined)) return undefined
  const inside = entries.filter(([key, item]) => !(typeof key === 'string' && OPTIMISER.test(key)) && hasTensors(item))
  if (inside.length > 1)
    return refuse(
      `several of its entries hold tensors (${inside
        .slice(0, MAX_NAMED)
        .map(([key]) => showValue(key))
        .join(', ')}); say which behind the name of the file, as #${showValue(inside[0]?.[0])}`,
    )
  return inside[0]?.[1]
}
