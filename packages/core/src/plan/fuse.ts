import { type Tensor, topological } from '../graph/tensor.ts'
import { constantOf } from '../ops/elementwise.ts'
import { sizeOf } from '../shape.ts'
import { isLeaf, isView, sourceOf } from './view.ts'

/** What one dispatch computes: a kernel with element-wise operations before and behind it, or these alone. */
export interface Group {
  /** The op that has a kernel of its own; absent for element-wise groups. */
  readonly anchor?: Tensor
  /** Element-wise members that run inside the loads of a reduction, inputs before users. */
  readonly head: readonly Tensor[]
  /** Element-wise members behind the anchor, or alone, inputs before users. */
  readonly members: readonly Tensor[]
  /** What the anchor's kernel gives beside its own value (`Op.beside`); always stored. */
  readonly beside: readonly Tensor[]
  /** Values that leave the group: what it writes to memory. */
  readonly stores: readonly Tensor[]
  /** Values it reads from memory, each once. */
  readonly reads: readonly Tensor[]
}

const isElementwise = (tensor: Tensor): boolean => tensor.op.pointwise !== undefined
const isConstant = (tensor: Tensor): boolean => constantOf(tensor) !== undefined

interface Draft {
  anchor?: Tensor
  beside: Set<Tensor>
  head: Set<Tensor>
  members: Set<Tensor>
}

/**
 * Gathers nodes into as few dispatches as possible: element-wise chains into one kernel, behind the kernel that produces
 * them (bias, activation, an activation's mask in the backward pass), or into the loads of the reduction that consumes them.
 * Graph -> groups; the order of the groups is the scheduler's.
 * @param maxBindings how many buffers one kernel may bind on this adapter.
 */
export function fuse(roots: readonly Tensor[], maxBindings: number): Group[] {
  return new Fusion(roots, maxBindings).groups()
}

class Fusion {
  readonly #order: readonly Tensor[]
  readonly #kept: ReadonlySet<Tensor>
  readonly #users = new Map<Tensor, Tensor[]>()
  readonly #draftOf = new Map<Tensor, Draft>()
  readonly #maxBindings: number

  constructor(roots: readonly Tensor[], maxBindings: number) {
    this.#kept = new Set(roots.map(sourceOf))
    this.#maxBindings = maxBindings
    this.#order = topological([...this.#kept]).filter((tensor) => !isView(tensor) && !isLeaf(tensor))
    for (const tensor of this.#order) {
      for (const input of new Set(tensor.inputs.map(sourceOf))) {
        const users = this.#users.get(input)
        if (users === undefined) this.#users.set(input, [tensor])
        else users.push(tensor)
      }
    }
    for (const tensor of this.#order) {
      if (isConstant(tensor) && !this.#mustExist(tensor)) continue
      const draft: Draft = { beside: new Set(), head: new Set(), members: new Set() }
      if (isElementwise(tensor)) draft.members.add(tensor)
      else draft.anchor = tensor
      this.#draftOf.set(tensor, draft)
    }
  }

  groups(): Group[] {
    const backwards = this.#order.toReversed()
    for (const tensor of backwards) if (tensor.op.headedKernel !== undefined) this.#takeHead(tensor)
    for (const tensor of backwards) if (isElementwise(tensor)) this.#mergeWithUsers(tensor)
    for (const tensor of backwards) if (!isElementwise(tensor)) this.#mergeWithUsers(tensor)
    for (const tensor of this.#order) this.#giveBeside(tensor)
    return [...new Set(this.#draftOf.values())].map((draft) => this.#finished(draft))
  }

  #usersOf(tensor: Tensor): readonly Tensor[] {
    return this.#users.get(tensor) ?? []
  }

  /** Constants are written into the kernels that use them, unless a kernel wants them in memory. */
  #mustExist(constant: Tensor): boolean {
    return this.#kept.has(constant) || this.#usersOf(constant).some((user) => !isElementwise(user))
  }

  /** Puts the element-wise operations that only this reduction uses into its loads. */
  #takeHead(reduction: Tensor): void {
    const draft = this.#draftOf.get(reduction)
    if (draft === undefined) return
    const take = (tensor: Tensor, count: number): void => {
      const own = this.#draftOf.get(tensor)
      const onlyHere = this.#usersOf(tensor).every((user) => user === reduction || draft.head.has(user))
      if (
        own === undefined ||
        !isElementwise(tensor) ||
        this.#kept.has(tensor) ||
        !onlyHere ||
        sizeOf(tensor.shape) !== count
      )
        return
      const before = new Set(draft.head)
      draft.head.add(tensor)
      if (this.#bindings(draft) > this.#maxBindings) {
        draft.head = before
        return
      }
      this.#draftOf.set(tensor, draft)
      for (const input of tensor.inputs) take(sourceOf(input), count)
    }
    for (const input of reduction.inputs) take(sourceOf(input), sizeOf(input.shape))
  }

  /** Joins the group of a tensor with the element-wise groups that use it element for element. */
  #mergeWithUsers(tensor: Tensor): void {
    for (const user of this.#usersOf(tensor)) {
      const own = this.#draftOf.get(tensor)
      const other = this.#draftOf.get(user)
      if (own === undefined || other === undefined || own === other) continue
      if (own.head.has(tensor) || !other.members.has(user)) continue
      if (sizeOf(tensor.shape) !== sizeOf(user.shape) || tensor.dtype !== 'f32') continue
      if (own.anchor !== undefined && other.anchor !== undefined) continue
      if (this.#reachesAround(own, other)) continue
      const anchor = own.anchor ?? other.anchor
      const merged: Draft = {
        beside: new Set(),
        head: new Set([...own.head, ...other.head]),
        members: new Set([...own.members, ...other.members]),
        ...(anchor === undefined ? {} : { anchor }),
      }
      if (this.#bindings(merged) > this.#maxBindings) continue
      for (const member of [...merged.members, ...merged.head]) this.#draftOf.set(member, merged)
      if (anchor !== undefined) this.#draftOf.set(anchor, merged)
    }
  }

  /** Lets the kernel that stores or reads the same values give this too, and what is given beside it, where it can. */
  #giveBeside(tensor: Tensor): void {
    const { beside } = tensor.op
    const [value] = tensor.inputs.map(sourceOf)
    const own = this.#draftOf.get(tensor)
    if (beside === undefined || value === undefined || own === undefined || own.members.size > 0) return
    const given = [tensor, ...own.beside]
    for (const candidate of beside.madeOf === 'stored' ? [value] : this.#usersOf(value)) {
      const host = this.#draftOf.get(candidate)
      if (host?.anchor === undefined || host === own || !given.every((each) => hasPlaceFor(host, each))) continue
      const giver = host.beside.has(candidate) ? candidate : host.anchor
      if (!beside.givenBy(tensor, giver) || this.#reachesAround(own, host)) continue
      const before = host.beside
      host.beside = new Set([...before, ...given])
      if (this.#bindings(host) > this.#maxBindings) host.beside = before
      else {
        for (const each of given) this.#draftOf.set(each, host)
        return
      }
    }
  }

  /** Whether a path leads from one group to the other through a third, so that joining them would close a circle. */
  #reachesAround(from: Draft, to: Draft): boolean {
    const seen = new Set<Draft>([from])
    const stack: Draft[] = []
    const visit = (draft: Draft, skip: Draft | undefined) => {
      for (const tensor of tensorsOf(draft)) {
        for (const user of this.#usersOf(tensor)) {
          const next = this.#draftOf.get(user)
          if (next === undefined || next === skip || seen.has(next)) continue
          seen.add(next)
          stack.push(next)
        }
      }
    }
    visit(from, to)
    for (let draft = stack.pop(); draft !== undefined; draft = stack.pop()) {
      if (draft === to) return true
      visit(draft, undefined)
    }
    return false
  }

  #bindings(draft: Draft): number {
    const { reads, stores } = this.#finished(draft)
    return reads.length + stores.length
  }

  #finished(draft: Draft): Group {
    const inside = new Set(tensorsOf(draft))
    const rank = (tensor: Tensor) => this.#position(tensor)
    const ordered = (tensors: Iterable<Tensor>) => [...tensors].sort((a, b) => rank(a) - rank(b))
    const stores = ordered(inside).filter(
      (tensor) =>
        !draft.head.has(tensor) &&
        (this.#kept.has(tensor) || this.#usersOf(tensor).some((user) => !inside.has(user) && this.#draftOf.has(user))),
    )
    const reads = new Set<Tensor>()
    for (const tensor of inside) {
      for (const input of tensor.inputs) {
        const source = sourceOf(input)
        const inlined = isConstant(source) && isElementwise(tensor)
        if (!inside.has(source) && !inlined) reads.add(source)
      }
    }
    return {
      ...(draft.anchor === undefined ? {} : { anchor: draft.anchor }),
      beside: ordered(draft.beside),
      head: ordered(draft.head),
      members: ordered(draft.members),
      stores,
      reads: [...reads],
    }
  }

  readonly #positions = new Map<Tensor, number>()

  #position(tensor: Tensor): number {
    if (this.#positions.size === 0) for (const [i, each] of this.#order.entries()) this.#positions.set(each, i)
    return this.#positions.get(tensor) ?? 0
  }
}

/** Whether nothing that is given beside the anchor stands in the way: of each kind one, and one made of what is stored. */
const hasPlaceFor = ({ beside }: Draft, { op }: Tensor): boolean =>
  [...beside].every(
    ({ op: other }) =>
      other.beside?.kind !== op.beside?.kind && !(other.beside?.madeOf === 'stored' && op.beside?.madeOf === 'stored'),
  )

const tensorsOf = (draft: Draft): Tensor[] => [
  ...(draft.anchor === undefined ? [] : [draft.anchor]),
  ...draft.beside,
  ...draft.head,
  ...draft.members,
]
