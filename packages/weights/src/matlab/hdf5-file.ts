import { type Hdf5Dataset, type Hdf5Group, type Hdf5Object, openHdf5 } from '../hdf5/index.ts'
import type { Refuse } from '../refusal.ts'
import type { MatlabFile, MatlabValue } from './value.ts'

/** Where MATLAB keeps what cells and struct arrays refer to; no variable. */
const REFERRED = '#refs#'
const CLASS = 'MATLAB_class'
const EMPTY = 'MATLAB_empty'

/** Reads a MATLAB file of version 7.3, which is HDF5. @throws the refusal, when it is damaged. */
export function readMatlabHdf5(bytes: Uint8Array, refuse: Refuse): MatlabFile {
  const file = openHdf5(bytes, refuse)
  const variables = [...file.root.entries()].filter(([name]) => name !== REFERRED && name !== '#subsystem#')
  return {
    variables: new Map(variables.map(([name, object]) => [name, valueOf(object, refuse)])),
    finish: () => file.finish(),
  }
}

/** Whether a HDF5 file is MATLAB's: its variables say their class. */
export function isMatlabHdf5(bytes: Uint8Array, refuse: Refuse): boolean {
  const { root } = openHdf5(bytes, refuse)
  return [...root.entries().values()].some((object) => object.kind !== 'other' && object.attributes.has(CLASS))
}

function valueOf(object: Hdf5Object, refuse: Refuse): MatlabValue {
  if (object.kind === 'other') return { kind: 'other', called: 'type' }
  const [called = ''] = (object.attributes.get(CLASS) ?? []).map(String)
  if (object.kind === 'group') return called === 'struct' ? structOf(object, refuse) : { kind: 'other', called }
  const isEmpty = object.attributes.get(EMPTY)?.[0] === 1
  if (called === 'cell') return { kind: 'cell', items: () => (isEmpty ? [] : referred(object, refuse)) }
  if (called === 'struct') return { kind: 'struct', elements: isEmpty ? 0 : 1, field: () => undefined }
  if (called === 'char') return { kind: 'text', text: isEmpty ? '' : textOf(object) }
  if (object.type.kind !== 'float' && object.type.kind !== 'integer') return { kind: 'other', called }
  // HDF5's last axis runs fastest, MATLAB's first.
  const shape = isEmpty ? [0, 0] : object.shape.toReversed()
  return {
    kind: 'numbers',
    shape,
    values: () => (isEmpty ? [] : object.type.kind === 'float' ? object.floats() : object.numbers()),
  }
}

const referred = (array: Hdf5Dataset, refuse: Refuse): MatlabValue[] =>
  array.references().map((object) => valueOf(object, refuse))

const MAX_TEXT = 1000

const textOf = (array: Hdf5Dataset): string =>
  array.shape.reduce((product, size) => product * size, 1) > MAX_TEXT ? '' : String.fromCharCode(...array.numbers())

/** Of a struct array every field is an array of references that has no class of its own. */
function structOf(group: Hdf5Group, refuse: Refuse): MatlabValue {
  const fields = group.entries()
  const lists = new Map(
    [...fields].flatMap(([name, object]) =>
      object.kind === 'array' && object.type.kind === 'reference' && !object.attributes.has(CLASS)
        ? [[name, object] as const]
        : [],
    ),
  )
  const sizes = [...lists.values()].map(({ shape }) => shape.reduce((product, size) => product * size, 1))
  return {
    kind: 'struct',
    elements: sizes[0] ?? 1,
    field: (name, element = 0) => {
      const list = lists.get(name)
      const object = list === undefined ? fields.get(name) : list.references()[element]
      return object === undefined ? undefined : valueOf(object, refuse)
    },
  }
}
