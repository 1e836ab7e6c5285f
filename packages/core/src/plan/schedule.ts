import type { Tensor } from '../graph/tensor.ts'
import type { Group } from './fuse.ts'

const tensorsOf = (group: Group): readonly Tensor[] => [
  ...(group.anchor === undefined ? [] : [group.anchor]),
  ...group.head,
  ...group.members,
]

/** Place of a group in the model's own order: it can run no earlier than its last member. */
const rankOf = (group: Group): number => Math.max(...tensorsOf(group).map((tensor) => tensor.rank))

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
  const ranks = new Map(groups.map((group) => [group, rankOf(group)]))
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
