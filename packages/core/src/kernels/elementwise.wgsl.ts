import type { Tensor } from '../graph/tensor.ts'
import { constantOf } from '../ops/elementwise.ts'
import type { Group } from '../plan/fuse.ts'
import { sourceOf } from '../plan/view.ts'
import { padToFour, type Shape, sizeOf, stridesOf } from '../shape.ts'
import { type AdapterTraits, binding, dispatchFor, type Head, type Kernel, type Tail, unflatten } from './kernel.ts'

/** A tensor's memory: two tensors with the same owner are the same buffer range. */
export type OwnerOf = (tensor: Tensor) => Tensor

/** One fused group as a shader, and the memory that it binds, in binding order. */
export interface GroupKernel extends Kernel {
  readonly operands: readonly Tensor[]
}

type Width = 1 | 4

const typeOf = (width: Width): 'f32' | 'vec4f' => (width === 4 ? 'vec4f' : 'f32')

/** How an operand of one shape is found from an element of another: the same index, one value for all, or by coordinates. */
type Access =
  | { readonly kind: 'flat' }
  | { readonly kind: 'scalar' }
  | { readonly kind: 'broadcast'; readonly shape: Shape }

function accessOf(operand: Shape, user: Shape): Access {
  if (sizeOf(operand) === sizeOf(user)) return { kind: 'flat' }
  if (sizeOf(operand) === 1) return { kind: 'scalar' }
  return { kind: 'broadcast', shape: operand }
}

/** Row-major index of a broadcast operand from the coordinates of the element, which is rank four. */
function broadcastIndex(operand: Shape, at: string): string {
  const shape = padToFour(operand)
  const strides = stridesOf(shape)
  const terms = ['x', 'y', 'z', 'w'].flatMap((component, axis) => {
    if (shape[axis] === 1) return []
    return strides[axis] === 1 ? [`${at}.${component}`] : [`${at}.${component} * ${strides[axis]}u`]
  })
  return terms.length === 0 ? '0u' : terms.join(' + ')
}

/** Writes the statements of fused element-wise operations for the element (or four elements from) row-major index `i`. */
class ElementwiseText {
  readonly operands: Tensor[] = []
  readonly #ownerOf: OwnerOf
  readonly #width: Width
  readonly #lines: string[] = []
  readonly #names = new Map<Tensor, string>()
  readonly #loads = new Map<string, string>()
  readonly #coordinates = new Map<string, string>()
  /** Which elements of each operand's binding are read or written four at a time. */
  readonly wide = new Map<Tensor, boolean>()
  conflict = false

  constructor(ownerOf: OwnerOf, width: Width) {
    this.#ownerOf = ownerOf
    this.#width = width
  }

  /** `name` already holds the value of `tensor`; for coordinates of this shape use `at`. */
  given(tensor: Tensor, name: string): void {
    this.#names.set(tensor, name)
  }

  coordinatesGiven(shape: Shape, at: string): void {
    this.#coordinates.set(padToFour(shape).join(), at)
  }

  compute(members: readonly Tensor[]): void {
    for (const member of members) {
      const inputs = member.inputs.map((input) => this.#valueOf(input, member.shape))
      const name = `v${this.#names.size}`
      const text = member.op.pointwise?.wgsl(inputs, member.attributes, typeOf(this.#width)) ?? ''
      this.#lines.push(`let ${name}: ${typeOf(this.#width)} = ${text};`)
      this.#names.set(member, name)
    }
  }

  store(tensor: Tensor): void {
    const operand = this.#bind(tensor, true)
    this.#lines.push(`${operand}[${this.#width === 4 ? 'i / 4u' : 'i'}] = ${this.nameOf(tensor)};`)
  }

  nameOf(tensor: Tensor): string {
    return this.#names.get(tensor) ?? ''
  }

  text(): string {
    return this.#lines.map((line) => `  ${line}`).join('\n')
  }

  #bind(tensor: Tensor, wide: boolean): string {
    const owner = this.#ownerOf(tensor)
    if (!this.operands.includes(owner)) this.operands.push(owner)
    const known = this.wide.get(owner)
    if (known !== undefined && known !== wide) this.conflict = true
    this.wide.set(owner, wide)
    return `b${this.operands.indexOf(owner)}`
  }

  #valueOf(input: Tensor, user: Shape): string {
    const source = sourceOf(input)
    const inside = this.#names.get(source)
    if (inside !== undefined) return inside
    const constant = source.op.pointwise !== undefined && constantOf(source) !== undefined
    if (constant) return source.op.pointwise?.wgsl([], source.attributes, typeOf(this.#width)) ?? ''
    const { text, wide } = this.#index(input.shape, user)
    const operand = this.#bind(source, wide)
    const expression = `${operand}[${text}]`
    const loaded = this.#loads.get(expression)
    if (loaded !== undefined) return loaded
    const name = `l${this.#loads.size}`
    this.#lines.push(
      `let ${name}: ${typeOf(this.#width)} = ${this.#width === 4 && !wide ? `vec4f(${expression})` : expression};`,
    )
    this.#loads.set(expression, name)
    return name
  }

  #index(operand: Shape, user: Shape): { text: string; wide: boolean } {
    const access = accessOf(operand, user)
    if (access.kind === 'flat') return { text: this.#width === 4 ? 'i / 4u' : 'i', wide: true }
    if (access.kind === 'scalar') return { text: '0u', wide: false }
    const index = broadcastIndex(operand, this.#at(user))
    const varies = padToFour(operand)[3] !== 1
    return { text: this.#width === 4 && varies ? `(${index}) / 4u` : index, wide: varies }
  }

  #at(shape: Shape): string {
    const four = padToFour(shape)
    const key = four.join()
    const known = this.#coordinates.get(key)
    if (known !== undefined) return known
    const name = `at${this.#coordinates.size}`
    this.#lines.push(unflatten('i', four, name))
    this.#coordinates.set(key, name)
    return name
  }
}

const ALIAS = (operand: number): string => `b${operand}`

/** The tail of an anchored group: the operations behind the anchor and the stores. */
function tailOf(
  group: Group,
  anchor: Tensor,
  ownerOf: OwnerOf,
  anchorInputs: readonly Tensor[],
): { tail: Tail; operands: readonly Tensor[]; shared: ReadonlyMap<string, number> } {
  const text = new ElementwiseText(ownerOf, 1)
  text.given(anchor, 'value')
  text.coordinatesGiven(anchor.shape, 'at')
  text.compute(group.members)
  for (const tensor of group.stores) text.store(tensor)
  const shared = new Map<string, number>()
  const own: Tensor[] = []
  const names: string[] = []
  for (const [i, operand] of text.operands.entries()) {
    const anchorInput = anchorInputs.map(ownerOf).indexOf(operand)
    if (anchorInput >= 0) shared.set(ALIAS(i), anchorInput)
    else {
      own.push(operand)
      names.push(ALIAS(i))
    }
  }
  const tail: Tail = {
    declarations: (firstBinding) =>
      [
        ...names.map((name, i) => binding(firstBinding + i, name)),
        'fn finish(at: vec4u, i: u32, value: f32) {',
        text.text(),
        '}',
      ].join('\n'),
  }
  return { tail, operands: own, shared }
}

/** Lets the tail read a buffer that the anchor binds already, under the anchor's name: a buffer may be bound only once. */
function shareBindings(wgsl: string, shared: ReadonlyMap<string, number>): string {
  let text = wgsl
  for (const [alias, index] of shared) {
    const declared = new RegExp(`@binding\\(${index}\\) var<storage, read_write> (\\w+): array<(\\w+)>`).exec(wgsl)
    const [, name = '', element = 'f32'] = declared ?? []
    const lanes = { f32: 1, vec2f: 2, vec4f: 4 }[element] ?? 1
    text = text.replaceAll(new RegExp(`\\b${alias}\\[([^\\]]+)\\]`, 'g'), (_, at: string) =>
      lanes === 1 ? `${name}[${at}]` : `${name}[(${at}) / ${lanes}u][(${at}) % ${lanes}u]`,
    )
  }
  return text
}

/** The head of a reduction: its loads, through the operations fused before it. */
function headOf(group: Group, input: Tensor, ownerOf: OwnerOf): { head: Head; operands: readonly Tensor[] } {
  const text = new ElementwiseText(ownerOf, 1)
  text.compute(group.head)
  const source = sourceOf(input)
  if (group.head.length === 0) {
    return {
      head: { declarations: `${binding(0, 'h0')}\nfn load(i: u32) -> f32 { return h0[i]; }`, bindings: 1 },
      operands: [ownerOf(source)],
    }
  }
  const body = text.text().replaceAll(/\bb(\d+)\[/g, 'h$1[')
  return {
    head: {
      declarations: [
        ...text.operands.map((_, i) => binding(i, `h${i}`)),
        'fn load(i: u32) -> f32 {',
        body,
        `  return ${text.nameOf(source)};`,
        '}',
      ].join('\n'),
      bindings: text.operands.length,
    },
    operands: text.operands,
  }
}

/** The shader of a fused group: pure, from shapes and operations to text. */
export function groupKernel(group: Group, adapter: AdapterTraits, ownerOf: OwnerOf): GroupKernel {
  const { anchor } = group
  if (anchor === undefined) return elementwiseKernel(group, ownerOf)
  const spec = {
    inputs: anchor.inputs.map((input) => input.shape),
    output: anchor.shape,
    attributes: anchor.attributes,
    adapter,
  }
  const [input] = anchor.inputs
  if (anchor.op.headedKernel !== undefined && input !== undefined) {
    const { head, operands: loaded } = headOf(group, input, ownerOf)
    const { tail, operands, shared } = tailOf(group, anchor, ownerOf, loaded)
    const kernel = anchor.op.headedKernel(spec, tail, head)
    return { ...kernel, wgsl: shareBindings(kernel.wgsl, shared), operands: [...loaded, ...operands] }
  }
  const bound = anchor.inputs.map((each) => ownerOf(sourceOf(each)))
  const { tail, operands, shared } = tailOf(group, anchor, ownerOf, bound)
  if (anchor.op.kernel === undefined) throw new Error(`${anchor.op.name} has no kernel`)
  const kernel = anchor.op.kernel(spec, tail)
  return { ...kernel, wgsl: shareBindings(kernel.wgsl, shared), operands: [...bound, ...operands] }
}

const WORKGROUP = 64

/** A kernel of element-wise operations alone: four elements a thread when shapes allow vec4f loads everywhere. */
function elementwiseKernel(group: Group, ownerOf: OwnerOf): GroupKernel {
  const [first] = group.members
  const shape = first?.shape ?? []
  const count = sizeOf(shape)
  const write = (width: Width) => {
    const text = new ElementwiseText(ownerOf, width)
    text.compute(group.members)
    for (const tensor of group.stores) text.store(tensor)
    return text
  }
  const innermost = group.members.every((member) => padToFour(member.shape)[3] % 4 === 0)
  const allFlat = group.members.every((member) =>
    member.inputs.every((input) => accessOf(input.shape, member.shape).kind !== 'broadcast'),
  )
  const wide = count % 4 === 0 && (innermost || allFlat) ? write(4) : undefined
  const width: Width = wide !== undefined && !wide.conflict ? 4 : 1
  const text = width === 4 && wide !== undefined ? wide : write(1)
  const threads = count / width
  const { workgroups, linear } = dispatchFor(threads, WORKGROUP)
  const wgsl = [
    ...text.operands.map((operand, i) => binding(i, `b${i}`, width === 4 && text.wide.get(operand) ? 'vec4f' : 'f32')),
    `@compute @workgroup_size(${WORKGROUP})`,
    'fn main(@builtin(global_invocation_id) global: vec3u) {',
    `  ${linear}`,
    `  if (id >= ${threads}u) { return; }`,
    `  let i = id * ${width}u;`,
    text.text(),
    '}',
  ].join('\n')
  const names = group.members.filter((member) => constantOf(member) === undefined).map((member) => member.op.name)
  return {
    name: `elementwise ${names.slice(0, 4).join('+')}${names.length > 4 ? '+...' : ''} ${shape.join('x')}`,
    wgsl,
    workgroups,
    operands: text.operands,
  }
}
