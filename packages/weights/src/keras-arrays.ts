import type { Hdf5Dataset, Hdf5File, Hdf5Group } from './hdf5/index.ts'
import type { Refuse } from './refusal.ts'

/** A layer as a file of Keras weights has it: its arrays by the names of Keras' variables, or by their numbers. */
export interface KerasArrays {
  /** Where it is, without what only groups it: [encoder, conv2d]. */
  readonly path: readonly string[]
  readonly variables: ReadonlyMap<string, Hdf5Dataset>
}

/** The layers of a file, and whether they stand in the order of the network. */
export interface KerasWeights {
  readonly layers: readonly KerasArrays[]
  readonly inOrder: boolean
}

/** The group of a whole model's file of Keras 2 that has the weights. */
const MODEL_WEIGHTS = 'model_weights'

/** Groups beside the layers, which hold the state of the training. */
const TRAINING_STATE = new Set([
  'optimizer_weights',
  'optimizer',
  '_optimizer',
  'metrics',
  '_metrics',
  'compile_metrics',
])

/** Groups that only hold others: the containers of Keras 3. */
const CONTAINERS = new Set(['layers', '_layer_checkpoint_dependencies'])

/** The arrays of a Keras model's file, of either version. @throws the refusal, when what it lists is not there. */
export function kerasArrays(file: Hdf5File, refuse: Refuse): KerasWeights {
  const inner = file.root.entries().get(MODEL_WEIGHTS)
  const root = inner?.kind === 'group' ? inner : file.root
  const names = listed(root, 'layer_names')
  return names === undefined
    ? { layers: byPlace(root, refuse), inOrder: false }
    : { layers: byList(root, names, refuse), inOrder: true }
}

/** Names that an attribute lists; those that do not fit into one are in several, with numbers. */
function listed({ attributes }: Hdf5Group, name: string): string[] | undefined {
  const whole = attributes.get(name)
  if (whole !== undefined) return whole.map(String)
  const parts: string[] = []
  for (let part = 0; attributes.has(`${name}${part}`); part++)
    parts.push(...(attributes.get(`${name}${part}`) ?? []).map(String))
  return parts.length > 0 ? parts : undefined
}

/** As Keras 2 lists its layers and the arrays of each. */
function byList(root: Hdf5Group, names: readonly string[], refuse: Refuse): KerasArrays[] {
  if (new Set(names).size < names.length) refuse('it lists a layer twice')
  return names.flatMap((name) => {
    const group = root.entries().get(name)
    if (group?.kind !== 'group') return refuse(`it lists a layer ${name}, which is not there`)
    const arrays = (listed(group, 'weight_names') ?? []).map((path) => {
      const array = arrayAt(group, path) ?? refuse(`its layer ${name} lists an array ${path}, which is not there`)
      return { groups: path.split('/').slice(0, -1), variable: variableOf(path.split('/')), array }
    })
    const known = new Set(arrays.map(({ array }) => array))
    const unlisted = arraysIn(group, []).filter(({ array }) => !known.has(array))
    if (unlisted[0] !== undefined)
      refuse(`its layer ${name} has an array ${unlisted[0].array.path}, which it does not list`)
    const inside = new Set(arrays.map(({ groups }) => groups.join('/')))
    // A layer's arrays are in a group that is named after it, or as it once was; a model in the model has more of them.
    const path = (groups: readonly string[]): readonly string[] => (inside.size <= 1 ? [name] : [name, ...groups])
    return grouped(
      arrays.map(({ groups, ...rest }) => ({ path: path(groups), ...rest })),
      refuse,
    )
  })
}

function arrayAt(group: Hdf5Group, path: string): Hdf5Dataset | undefined {
  let place: Hdf5Group = group
  const parts = path.split('/')
  for (const [i, part] of parts.entries()) {
    const object = place.entries().get(part)
    if (i === parts.length - 1) return object?.kind === 'array' ? object : undefined
    if (object?.kind !== 'group') return undefined
    place = object
  }
  return undefined
}

interface Placed {
  readonly path: readonly string[]
  readonly variable: string
  readonly array: Hdf5Dataset
}

/** As the groups lie, where nothing lists them. */
function byPlace(root: Hdf5Group, refuse: Refuse): KerasArrays[] {
  const arrays = arraysIn(root, [])
  return grouped(
    arrays.map(({ path, ...rest }) => ({
      // Keras 2 has a layer's name twice.
      path: path.filter((part, i) => part !== path[i - 1]),
      ...rest,
    })),
    refuse,
  )
}

function arraysIn(group: Hdf5Group, path: readonly string[]): Placed[] {
  return [...group.entries()].flatMap(([name, object]): Placed[] => {
    if (object.kind === 'group') {
      if (path.length === 0 && TRAINING_STATE.has(name)) return []
      const isContainer = CONTAINERS.has(name) || (name === 'vars' && path.length > 0)
      return arraysIn(object, isContainer ? path : [...path, name])
    }
    return object.kind === 'array' && isWeight(object) ? [{ path, variable: variableOf([name]), array: object }] : []
  })
}

/** Numbers; Keras stores bfloat16 as bytes that an attribute explains. */
const isWeight = ({ type }: Hdf5Dataset): boolean => type.kind === 'float' || type.kind === 'opaque'

/** The name of a variable without the number that TensorFlow adds: kernel:0. */
const variableOf = (path: readonly string[]): string => (path.at(-1) ?? '').replace(/:\d+$/, '')

function grouped(arrays: readonly Placed[], refuse: Refuse): KerasArrays[] {
  const layers = new Map<string, { path: readonly string[]; variables: Map<string, Hdf5Dataset> }>()
  for (const { path, variable, array } of arrays) {
    const key = path.join('/')
    const layer = layers.get(key) ?? { path, variables: new Map<string, Hdf5Dataset>() }
    layers.set(key, layer)
    if (layer.variables.has(variable)) refuse(`its layer ${key} has two arrays ${variable}`)
    layer.variables.set(variable, array)
  }
  return [...layers.values()]
}
