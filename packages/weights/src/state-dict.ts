import { type PickleDict, type PickleValue, showValue } from './pickle-values.ts'
import type { Refuse } from './refusal.ts'
import { type TorchTensor, tensorOf } from './torch-objects.ts'

/** Keys under which training scripts keep the weights beside epoch numbers and optimisers, the first found wins. */
const WRAPPERS = ['params_ema', 'state_dict', 'model_state_dict', 'model', 'params', 'net', 'network', 'netG']

/** Keys of the state of an optimiser, whose tensors are no weights. */
const OPTIMISER = /optim/i

/** Characters of a text beside the weights that are kept. */
const MAX_NOTE_LENGTH = 1000

/** Dicts in dicts that are looked into. */
const MAX_DEPTH = 4

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TorchTensor>
  /** Numbers and texts that stand beside, such as the epoch. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The tensors of a checkpoint: of the dict itself, or of the one under a usual key, or of the only one that has any.
 * @throws the refusal, when there are none, or several dicts of them.
 */
export function stateDictOf(root: PickleValue, refuse: Refuse): StateDict {
  if (!(root instanceof Map)) return refuse('it holds no dict of tensors')
  const metadata: [string, string][] = []
  let dict: PickleDict = root
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    metadata.push(...notes(dict))
    const inner = wrapped(dict, refuse)
    if (inner === undefined) break
    dict = inner
  }
  const tensors = new Map<string, TorchTensor>()
  for (const [key, value] of dict) {
    const tensor = tensorOf(value)
    if (tensor !== undefined && typeof key === 'string') tensors.set(key, tensor)
  }
  if (tensors.size === 0) return refuse(`it holds no dict of tensors, only the keys ${keysOf(dict)}`)
  return { tensors, metadata: Object.fromEntries(metadata) }
}

const keysOf = (dict: PickleDict): string => [...dict.keys()].slice(0, 10).map(showValue).join(', ') || '(none)'

const notes = (dict: PickleDict): [string, string][] =>
  [...dict].flatMap(([key, value]) =>
    typeof key === 'string' && ['string', 'number', 'boolean'].includes(typeof value)
      ? [[key, String(value).slice(0, MAX_NOTE_LENGTH)]]
      : [],
  )

/** Whether there is a tensor in the dict or in one within; `seen` keeps a dict of itself from being walked again. */
function hasTensors(value: PickleValue | undefined, seen = new Set<PickleValue>(), depth = 0): value is PickleDict {
  if (!(value instanceof Map) || seen.has(value) || depth > MAX_DEPTH) return false
  seen.add(value)
  return [...value.values()].some((item) => tensorOf(item) !== undefined || hasTensors(item, seen, depth + 1))
}

function wrapped(dict: PickleDict, refuse: Refuse): PickleDict | undefined {
  for (const key of WRAPPERS) {
    const inner = dict.get(key)
    if (hasTensors(inner)) return inner
  }
  if ([...dict.values()].some((value) => tensorOf(value) !== undefined)) return undefined
  const inside = [...dict].filter(
    ([key, value]) => !(typeof key === 'string' && OPTIMISER.test(key)) && hasTensors(value),
  )
  if (inside.length > 1)
    return refuse(
      `several of its entries hold tensors (${inside.map(([key]) => showValue(key)).join(', ')}); save one of them alone, ` +
        'or under the key state_dict',
    )
  const [, only] = inside[0] ?? []
  return only instanceof Map ? only : undefined
}
