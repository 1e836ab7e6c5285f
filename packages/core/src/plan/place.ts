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

  const lowerBoundBytes = peak([...lives.values()])
  const { offsets, arenaBytes } = pack([...lives.values()], lowerBoundBytes)
  for (const [tensor, offset] of offsets) places.set(tensor, { in: 'arena', offset, bytes: bytesOf(tensor) })
  return { places, arenaBytes, lowerBoundBytes, copies }
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

interface Packing {
  readonly offsets: ReadonlyMap<Tensor, number>
  readonly arenaBytes: number
}

/** The smaller of two packings, of which neither is the smaller for all programs. */
function pack(lives: readonly Life[], lowerBoundBytes: number): Packing {
  const largestFirst = packLargestFirst(lives)
  const between = packBetweenWalls(lives, align(lowerBoundBytes))
  return between !== undefined && between.arenaBytes < largestFirst.arenaBytes ? between : largestFirst
}

const overlap = (a: Life, b: Life): boolean => a.from <= b.until && b.from <= a.until

/** First fit, largest first, among the values whose lives overlap. */
function packLargestFirst(lives: readonly Life[]): Packing {
  const placed: { life: Life; offset: number }[] = []
  let arenaBytes = 0
  for (const life of lives.toSorted((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    const neighbours = placed.filter((other) => overlap(other.life, life)).sort((a, b) => a.offset - b.offset)
    let offset = 0
    for (const other of neighbours) {
      if (offset + life.bytes <= other.offset) break
      offset = Math.max(offset, align(other.offset + other.life.bytes))
    }
    placed.push({ life, offset })
    arenaBytes = Math.max(arenaBytes, align(offset + life.bytes))
  }
  return { offsets: new Map(placed.map(({ life, offset }) => [life.tensor, offset])), arenaBytes }
}

/**
 * In the order of their lives, each as near to one of the two ends of `arenaBytes` as it fits, so that the free memory stays
 * in one piece where large values alternate with small ones. Undefined where that does not succeed.
 */
function packBetweenWalls(lives: readonly Life[], arenaBytes: number): Packing | undefined {
  const placed: { life: Life; offset: number }[] = []
  for (const life of lives.toSorted((a, b) => a.from - b.from || b.bytes - a.bytes)) {
    const bytes = align(life.bytes)
    const neighbours = placed.filter((other) => overlap(other.life, life))
    const isFree = (offset: number): boolean =>
      offset >= 0 &&
      offset + bytes <= arenaBytes &&
      neighbours.every((other) => offset + bytes <= other.offset || other.offset + align(other.life.bytes) <= offset)
    const wallDistance = (offset: number): number => Math.min(offset, arenaBytes - bytes - offset)
    const offset = [
      0,
      arenaBytes - bytes,
      ...neighbours.flatMap((other) => [other.offset - bytes, other.offset + align(other.life.bytes)]),
    ]
      .filter(isFree)
      .sort((a, b) => wallDistance(a) - wallDistance(b))[0]
    if (offset === undefined) return undefined
    placed.push({ life, offset })
  }
  return { offsets: new Map(placed.map(({ life, offset }) => [life.tensor, offset])), arenaBytes }
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
