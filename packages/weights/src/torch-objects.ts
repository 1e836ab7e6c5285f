import { bytesPerElement, type ElementType } from '@noisescope/nn'
import {
  PickleGlobal,
  PickleObject,
  PickleTuple,
  type PickleValue,
  type PickleWorld,
  showValue,
} from './pickle-values.ts'
import type { Refuse } from './refusal.ts'

/** Numbers of one type in a row, outside of the pickle, that tensors look at. */
export class TorchStorage {
  /** Its class in Python, such as `torch.FloatStorage`. */
  readonly className: string
  readonly key: string
  /** Number of elements that the pickle claims. */
  readonly length: number
  /** A part of the storage, where the legacy format describes one. */
  readonly view: { readonly offset: number; readonly length: number } | undefined

  constructor(className: string, key: string, length: number, view?: { offset: number; length: number }) {
    this.className = className
    this.key = key
    this.length = length
    this.view = view
  }

  /** The type of its elements; undefined where they are none that a weight has. */
  get type(): ElementType | undefined {
    return storageTypes[this.className]
  }

  /** Bytes of an element; undefined where they are not known. */
  get elementBytes(): number | undefined {
    return this.type === undefined ? otherElementBytes[this.className] : bytesPerElement(this.type)
  }
}

/** A tensor as a way of looking at a storage; offset and strides count elements. */
export class TorchTensor {
  readonly storage: TorchStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}

/** More dimensions than any weight has. */
const MAX_RANK = 16

const storageTypes: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
}

/** Storages of numbers that no weight is made of, which may still stand beside weights in a file. */
const otherElementBytes: Readonly<Record<string, number>> = {
  'torch.ComplexFloatStorage': 8,
  'torch.ComplexDoubleStorage': 16,
  'torch.QInt8Storage': 1,
  'torch.QUInt8Storage': 1,
  'torch.QInt32Storage': 4,
  'torch.UntypedStorage': 1,
  'torch.storage.UntypedStorage': 1,
  'torch.storage._UntypedStorage': 1,
}

/** The tensor that a value is, or undefined. */
export function tensorOf(value: PickleValue | undefined): TorchTensor | undefined {
  return value instanceof PickleObject && value.content instanceof TorchTensor ? value.content : undefined
}

const isCount = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0

/** The classes and functions that `torch.save` writes for tensors and dicts of them. */
export function torchWorld(refuse: Refuse): PickleWorld {
  const counts = (value: PickleValue | undefined, what: string): number[] => {
    const items = value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : undefined
    return items !== undefined && items.length <= MAX_RANK && items.every(isCount)
      ? [...items]
      : refuse(`a tensor has no proper ${what}`)
  }

  const rebuildTensor = ([storage, offset, size, strides]: readonly PickleValue[]): PickleValue => {
    if (!(storage instanceof PickleObject && storage.content instanceof TorchStorage))
      return refuse('a tensor has no storage')
    if (!isCount(offset)) return refuse('a tensor has no proper offset in its storage')
    const [shape, steps] = [counts(size, 'shape'), counts(strides, 'strides')]
    if (shape.length !== steps.length)
      return refuse(`a tensor has ${shape.length} dimensions and ${steps.length} strides`)
    return new PickleObject(new TorchTensor(storage.content, offset, shape, steps))
  }

  const parameter = ([data = null]: readonly PickleValue[]): PickleValue | undefined =>
    tensorOf(data) === undefined ? undefined : data

  const rebuilds: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue | undefined>> = {
    'torch._utils._rebuild_tensor': rebuildTensor,
    'torch._utils._rebuild_tensor_v2': rebuildTensor,
    'torch._utils._rebuild_parameter': parameter,
    'torch._utils._rebuild_parameter_with_state': parameter,
    'torch.nn.parameter.Parameter': parameter,
  }

  /** A tensor of a class derived from torch.Tensor: what rebuilds it, its class, and arguments. */
  const derived: KnownFunction = ([rebuild, , args]) =>
    rebuild instanceof PickleGlobal && args instanceof PickleTuple && Object.hasOwn(rebuilds, rebuild.path)
      ? rebuilds[rebuild.path]?.(args.items)
      : undefined

  const orderedDict: KnownFunction = ([items = []], spend) => {
    if (Array.isArray(items)) spend(items.length)
    const pairs = Array.isArray(items) ? items : refuse('an ordered dict is made of what is no list')
    return new Map(
      pairs.map((pair) => {
        const [key, value] = pair instanceof PickleTuple ? pair.items : Array.isArray(pair) ? pair : []
        return key === undefined || value === undefined
          ? refuse('an ordered dict has no pairs')
          : ([key, value] as const)
      }),
    )
  }

  const functions: Readonly<Record<string, KnownFunction>> = {
    'collections.OrderedDict': orderedDict,
    'collections.defaultdict': () => new Map(),
    ...rebuilds,
    'torch._tensor._rebuild_from_type_v2': derived,
    'torch.Size': ([items]) => new PickleTuple(counts(items, 'size')),
  }

  return {
    call: (path, args, spend) => (Object.hasOwn(functions, path) ? functions[path]?.(args, spend) : undefined),
    persistent: (id) => outside(id, refuse),
  }
}

type KnownFunction = (args: readonly PickleValue[], spend: (items: number) => void) => PickleValue | undefined

/** The class of a module, which PyTorch once kept with its source, or a storage. */
function outside(id: PickleValue, refuse: Refuse): PickleValue {
  const [kind, module] = id instanceof PickleTuple ? id.items : []
  return kind === 'module' && module instanceof PickleGlobal ? module : new PickleObject(storageOf(id, refuse))
}

/** The storage that a persistent id describes: ('storage', class, key, location, elements[, part]). */
function storageOf(id: PickleValue, refuse: Refuse): TorchStorage {
  const [kind, storageClass, key, , length, part] = id instanceof PickleTuple ? id.items : []
  if (kind !== 'storage') return refuse(`it refers to an outside object of kind ${showValue(kind)}, expected storage`)
  if (!(storageClass instanceof PickleGlobal)) return refuse('a storage has no type')
  const type = storageClass.path
  if (typeof key !== 'string' || !isCount(length)) return refuse('a storage has no key or no length')
  if (part === undefined || part === null) return new TorchStorage(type, key, length)
  const [, offset, partLength] = part instanceof PickleTuple ? part.items : []
  return isCount(offset) && isCount(partLength)
    ? new TorchStorage(type, key, length, { offset, length: partLength })
    : refuse(`the part of storage ${key} has no proper place`)
}
