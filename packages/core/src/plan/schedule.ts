import type { Tensor } from '../graph/tensor.ts'
import type { Group } from './fuse.ts'

const tensorsOf = (group: Group): readonly Tensor[] => [
  ...(group.anchor === undefined ? [] : [group.anchor]),
  ...group.head,
  ...group.members,
]

/**
 * Place of a group in the model's own order: where its anchor stands, so that an optimiser's step behind a gradient does not
 * keep that waiting, and what it reads alive, until all gradients are there; without an anchor where its last member stands.
 */
const rankOf = (group: Group): number =>
  group.anchor?.rank ?? Math.max(...tensorsOf(group).map((tensor) => tensor.rank))

/** Place of each group among those that are ready: its own, or that of an earlier one which waits for it. */
function placesOf(groups: readonly Group[], users: ReadonlyMap<Group, readonly Group[]>): Map<Group, number> {
  const places = new Map<Group, number>()
  const placeOf = (group: Group): number => {
    const known = places.get(group)
    if (known !== undefined) return known
    // A circle would never end; that the groups have none is found out by ordering them.
    places.set(group, rankOf(group))
    const place = Math.min(rankOf(group), ...(users.get(group) ?? []).map(placeOf))
    places.set(group, place)
    return place
  }
  // Users first, so that no chain of calls is as long as the program.
  for (const group of groups.toSorted((a, b) => rankOf(b) - rankOf(a))) placeOf(group)
  return places
}

/**
 * Orders groups so that inputs come before users, and otherwise as the model's code computes them, so that a value is used
 * soon after it is made. Groups -> schedule.
 */
export function schedule(groups: readonly Group[]): Group[] {
  const producer = new Map<Tensor, Group>()
  for (const group of groups) for (const tensor of group.stores) producer.set(tensor, group)
  const waitsFor = new Map<Group, Set<Group>>()
  const users = new Map<Group, Group[]>()
  for (const group of groups) {
    const needs = new Set(group.reads.flatMap((read) => producer.get(read) ?? []))
    waitsFor.set(group, needs)
    for (const need of needs) users.set(need, [...(users.get(need) ?? []), group])
  }
  const ranks = placesOf(groups, users)
  const ready = groups.filter((group) => waitsFor.get(group)?.size === 0)
  const order: Group[] = []
  while (ready.length > 0) {
    let next = 0
    for (let i = 1; i < ready.length; i++) {
      if (rankAt(ranks, ready[i]) < rankAt(ranks, ready[next])) next = i
    }
    const [group] = ready.splice(next, 1)
    if (group === undefined) break
    order.push(group)
    for (const user of users.get(group) ?? []) {
      const needs = waitsFor.get(user)
      needs?.delete(group)
      if (needs?.size === 0) ready.push(user)
    }
  }
  if (order.length !== groups.length) throw new Error('the fused groups of a program depend on each other in a circle')
  return order
}

const rankAt = (ranks: ReadonlyMap<Group, number>, group: Group | undefined): number => (group && ranks.get(group)) ?? 0
