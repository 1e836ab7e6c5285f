import type { StoredTensor } from './safetensors.ts'
import type { StoredStructure } from './stored-layer.ts'

/** A layer as its tensors show it. */
export interface StoredModule {
  /** What its tensors' names have before the last dot. */
  readonly name: string
  readonly kind: 'convolution' | 'batch-norm' | 'other'
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** Layers by name, in the order of their tensors. */
export function modulesOf(tensors: ReadonlyMap<string, StoredTensor>): StoredModule[] {
  const modules = new Map<string, Map<string, StoredTensor>>()
  for (const [name, tensor] of tensors) {
    const dot = name.lastIndexOf('.')
    const module = name.slice(0, Math.max(dot, 0))
    const own = modules.get(module) ?? new Map<string, StoredTensor>()
    modules.set(module, own.set(name.slice(dot + 1), tensor))
  }
  return [...modules].map(([name, own]) => ({ name, tensors: own, kind: kindOf(own) }))
}

function kindOf(tensors: ReadonlyMap<string, StoredTensor>): StoredModule['kind'] {
  if (tensors.get('weight')?.shape.length === 4) return 'convolution'
  return tensors.has('running_mean') ? 'batch-norm' : 'other'
}

const natural = new Intl.Collator('en', { numeric: true })

/** The name with every number as #: what the names of like layers share. Keras leaves the first number out: conv2d, conv2d_1. */
const pattern = (name: string): string => name.replaceAll(/\d+/g, '#').replace(/_#$/, '')

/**
 * Modules of one kind in the order in which the network has them: as its layers say, else as numbers in their names say, else
 * as they stand. Of convolutions the first and the last are told by their channels, since they often have names apart.
 * @returns undefined when nothing tells the order.
 */
export function inNetworkOrder(
  modules: readonly StoredModule[],
  { layers, inOrder }: StoredStructure,
  isSorted: boolean,
): StoredModule[] | undefined {
  const places = new Map((layers ?? []).map(({ name }, place) => [name, place]))
  const placeOf = ({ name }: StoredModule): number => places.get(name) ?? -1
  if (modules.every((module) => placeOf(module) >= 0)) return modules.toSorted((a, b) => placeOf(a) - placeOf(b))
  if (inOrder ?? !isSorted) return [...modules]
  const ends = endsOf(modules)
  const middle = modules.filter((module) => !ends.includes(module))
  const patterns = new Set((ends.length > 0 ? middle : modules).map(({ name }) => pattern(name)))
  if (patterns.size > 1) return undefined
  const [first, last] = ends
  const between = middle.toSorted((a, b) => natural.compare(a.name, b.name))
  return first === undefined || last === undefined ? between : [first, ...between, last]
}

/** The convolution that takes an image and the one that gives it, where channels tell them from all others. */
function endsOf(modules: readonly StoredModule[]): StoredModule[] {
  const shapeOf = ({ tensors }: StoredModule): readonly number[] => tensors.get('weight')?.shape ?? []
  if (modules.length < 2 || modules.some(({ kind }) => kind !== 'convolution')) return []
  const width = Math.max(...modules.map((module) => shapeOf(module)[0] ?? 0))
  const firsts = modules.filter((module) => shapeOf(module)[0] === width && shapeOf(module)[1] !== width)
  const lasts = modules.filter((module) => shapeOf(module)[0] !== width && shapeOf(module)[1] === width)
  const [first, last] = [firsts[0], lasts[0]]
  return first !== undefined && last !== undefined && firsts.length === 1 && lasts.length === 1 ? [first, last] : []
}

/** Whether names stand in the order in which files of sorted tensors have them. */
export function areSorted(names: readonly string[]): boolean {
  return names.every((name, i) => i === 0 || (names[i - 1] as string) < name)
}
