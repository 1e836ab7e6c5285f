import { type Assignment, type Tensor, type Variable, variableOf } from '../graph/tensor.ts'
import { sizeOf } from '../shape.ts'
import type { Group } from './fuse.ts'
import { sourceOf } from './view.ts'

/** Offsets of bindings must be multiples of this on every adapter (WebGPU's default minStorageBufferOffsetAlignment). */
export const BINDING_ALIGNMENT = 256

/** Where a tensor's values are: in the program's arena, or in a variable's own buffer. */
export type Place =
  | { readonly in: 'arena'; readonly offset: number; readonly bytes: number }
  | { readonly in: 'variable'; readonly variable: Variable; readonly bytes: number }

export interface Placement {
  /** Place of every tensor that is in memory; views have the place of their source. */
  readonly places: ReadonlyMap<Tensor, Place>
  readonly arenaBytes: number
  /** The most bytes that are alive at one moment: no arena can be smaller. */
  readonly lowerBoundBytes: number
  /** Assignments that are not computed in place and need a copy after the last dispatch. */
  readonly copies: readonly Assignment[]
}

interface Life {
  readonly tensor: Tensor
  readonly bytes: number
  readonly from: number
  until: number
}

/**
 * Gives every value a place so that values share memory when they are never alive together. Schedule -> placement.
 * A value that is assigned to a variable is computed straight into the variable's buffer when nothing reads the old value
 * later or at another position.
 * @param outputs tensors that must survive until the end of the program.
 * @param halves values that take two bytes an element; others take four.
 */
export function place(
  schedule: readonly Group[],
  outputs: readonly Tensor[],
  assignments: readonly Assignment[],
  halves: ReadonlySet<Tensor> = new Set(),
): Placement {
  // A binding's size is a multiple of four.
  const bytesOf = (tensor: Tensor): number =>
    4 * (halves.has(tensor) ? Math.ceil(sizeOf(tensor.shape) / 2) : sizeOf(tensor.shape))
  const places = new Map<Tensor, Place>()
  const copies: Assignment[] = []
  for (const assignment of assignments) {
    const value = sourceOf(assignment.value)
    if (places.has(value) || !canBeInPlace(schedule, assignment.variable, value)) copies.push(assignment)
    else {
      const inPlace: Place = { in: 'variable', variable: assignment.variable, bytes: bytesOf(value) }
      places.set(value, inPlace)
      places.set(assignment.variable.value, inPlace)
    }
  }

  const lives = new Map<Tensor, Life>()
  const touch = (tensor: Tensor, time: number) => {
    const variable = variableOf(tensor)
    if (variable !== undefined) {
      places.set(tensor, { in: 'variable', variable, bytes: bytesOf(tensor) })
      return
    }
    if (places.has(tensor)) return
    const life = lives.get(tensor)
    if (life === undefined)
      lives.set(tensor, { tensor, bytes: bytesOf(tensor), from: isInput(tensor) ? 0 : time, until: time })
    else life.until = Math.max(life.until, time)
  }
  for (const [time, group] of schedule.entries()) {
    for (const tensor of group.reads) touch(tensor, time)
    for (const tensor of group.stores) touch(tensor, time)
  }
  for (const tensor of [...outputs, ...copies.map((copy) => copy.value)]) touch(sourceOf(tensor), schedule.length)

  const { offsets, arenaBytes } = pack([...lives.values()])
  for (const [tensor, offset] of offsets) places.set(tensor, { in: 'arena', offset, bytes: bytesOf(tensor) })
  return { places, arenaBytes, lowerBoundBytes: peak([...lives.values()]), copies }
}

const isInput = (tensor: Tensor): boolean => tensor.op.name === 'input'

function canBeInPlace(schedule: readonly Group[], variable: Variable, value: Tensor): boolean {
  const writer = schedule.findIndex((group) => group.stores.includes(value))
  const group = schedule[writer]
  if (group === undefined) return false
  if (schedule.slice(writer + 1).some((later) => later.reads.includes(variable.value))) return false
  if (!group.reads.includes(variable.value)) return true
  const readsElsewhere = (tensor: Tensor) =>
    tensor.inputs.some((input) => sourceOf(input) === variable.value && sizeOf(tensor.shape) !== sizeOf(variable.shape))
  const anchorReads = [...(group.anchor === undefined ? [] : [group.anchor]), ...group.head].some((tensor) =>
    tensor.inputs.some((input) => sourceOf(input) === variable.value),
  )
  return !anchorReads && !group.members.some(readsElsewhere)
}

const align = (bytes: number): number => Math.ceil(bytes / BINDING_ALIGNMENT) * BINDING_ALIGNMENT

/** First fit, largest first, among the values whose lives overlap. */
function pack(lives: readonly Life[]): { offsets: Map<Tensor, number>; arenaBytes: number } {
  const offsets = new Map<Tensor, number>()
  const placed: { life: Life; offset: number }[] = []
  let arenaBytes = 0
  for (const life of lives.toSorted((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    const neighbours = placed
      .filter((other) => other.life.from <= life.until && life.from <= other.life.until)
      .sort((a, b) => a.offset - b.offset)
    let offset = 0
    for (const other of neighbours) {
      if (offset + life.bytes <= other.offset) break
      offset = Math.max(offset, align(other.offset + other.life.bytes))
    }
    placed.push({ life, offset })
    offsets.set(life.tensor, offset)
    arenaBytes = Math.max(arenaBytes, align(offset + life.bytes))
  }
  return { offsets, arenaBytes }
}

function peak(lives: readonly Life[]): number {
  const times = lives.map((life) => life.from)
  return Math.max(
    0,
    ...times.map((time) =>
      lives.filter((life) => life.from <= time && time <= life.until).reduce((sum, life) => sum + life.bytes, 0),
    ),
  )
}
