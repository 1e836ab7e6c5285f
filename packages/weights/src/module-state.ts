import type { StoredLayer } from '@noisescope/nn'
import { type PickleDict, PickleInstance, PickleTuple, type PickleValue } from './pickle-values.ts'
import type { Refuse } from './refusal.ts'
import { type TorchTensor, tensorOf } from './torch-objects.ts'

/** Modules in modules that are looked into; a module that holds itself ends here. */
const MAX_DEPTH = 32
/** Modules that are looked into, each as often as others hold it; the largest networks have a few thousand. */
const MAX_MODULES = 20_000

/** The attributes of a pickled `torch.nn.Module`; undefined when the value is none. */
export function moduleOf(value: PickleValue | undefined): PickleDict | undefined {
  if (!(value instanceof PickleInstance)) return undefined
  const attributes = value.state
  return attributes instanceof Map &&
    attributes.get('_modules') instanceof Map &&
    attributes.get('_parameters') instanceof Map
    ? attributes
    : undefined
}

export interface ModuleState {
  readonly tensors: ReadonlyMap<string, TorchTensor>
  /** The modules that hold no others, in the order in which they were made. */
  readonly layers: readonly StoredLayer[]
}

/**
 * What `state_dict()` of a pickled module would give, and what its layers are.
 * @throws the refusal, when there are too many modules, or they lie too deep in modules.
 */
export function moduleState(root: PickleValue, refuse: Refuse): ModuleState {
  const tensors = new Map<string, TorchTensor>()
  const layers: StoredLayer[] = []
  let modules = 0
  const walk = (value: PickleValue, name: string, depth: number): void => {
    const attributes = moduleOf(value)
    if (attributes === undefined || !(value instanceof PickleInstance)) return
    if (++modules > MAX_MODULES) refuse(`it has more than ${MAX_MODULES} modules`)
    if (depth > MAX_DEPTH) refuse(`its modules lie more than ${MAX_DEPTH} deep`)
    const prefix = name === '' ? '' : `${name}.`
    for (const key of ['_parameters', '_buffers']) {
      for (const [own, content] of entriesOf(attributes.get(key))) {
        const tensor = tensorOf(content)
        if (tensor !== undefined) tensors.set(prefix + own, tensor)
      }
    }
    const inner = entriesOf(attributes.get('_modules'))
    if (inner.length === 0) layers.push(layerOf(name, value.path, attributes))
    for (const [own, module] of inner) walk(module, prefix + own, depth + 1)
  }
  walk(root, '', 0)
  return { tensors, layers }
}

const entriesOf = (value: PickleValue | undefined): [string, PickleValue][] =>
  value instanceof Map ? [...value].filter((entry): entry is [string, PickleValue] => typeof entry[0] === 'string') : []

/** Layers that leave images as they are once a network is trained, or only arrange their pixels. */
const WITHOUT_EFFECT = new Set(['Identity', 'Dropout', 'Dropout2d', 'PixelShuffle', 'PixelUnshuffle', 'Sequential'])

function layerOf(name: string, path: string, attributes: PickleDict): StoredLayer {
  const called = path.slice(path.lastIndexOf('.') + 1)
  // What a class of somebody's own does is not known; its tensors are looked at like all others.
  if (!path.startsWith('torch.nn.modules.')) return { name, called, kind: 'none' }
  if (called === 'Conv2d') {
    const dilation = pairOf(attributes.get('dilation'))
    const unusual = unusualConvolution(attributes)
    return {
      name,
      called,
      kind: 'convolution',
      ...(dilation === undefined ? {} : { dilation }),
      ...(unusual === undefined ? {} : { unusual }),
    }
  }
  if (called === 'BatchNorm2d') {
    const eps = attributes.get('eps')
    return { name, called, kind: 'batch-norm', ...(typeof eps === 'number' ? { eps } : {}) }
  }
  return { name, called, kind: called === 'ReLU' ? 'relu' : WITHOUT_EFFECT.has(called) ? 'none' : 'other' }
}

/** The number that both of a pair are. */
function pairOf(value: PickleValue | undefined): number | undefined {
  const items = value instanceof PickleTuple ? value.items : [value]
  const [first] = items
  return typeof first === 'number' && items.every((item) => item === first) ? first : undefined
}

/** What of a Conv2d no model here has. */
function unusualConvolution(attributes: PickleDict): string | undefined {
  const mode = attributes.get('padding_mode')
  if (typeof mode === 'string' && mode !== 'zeros') return `padding_mode ${mode.slice(0, 20)}`
  if (pairOf(attributes.get('stride')) !== 1) return 'a stride other than 1'
  if (pairOf(attributes.get('dilation')) === undefined) return 'a dilation that differs by axis'
  return (attributes.get('groups') ?? 1) === 1 ? undefined : 'groups'
}
