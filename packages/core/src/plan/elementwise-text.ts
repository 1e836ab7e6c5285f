import type { Tensor } from '../graph/tensor.ts'
import { unflatten } from '../kernels/kernel.ts'
import { constantOf } from '../ops/elementwise.ts'
import { padToFour, type Shape, sizeOf, stridesOf } from '../shape.ts'
import { sourceOf } from './view.ts'

/** A tensor's memory: two tensors with the same owner are the same buffer range. */
export type OwnerOf = (tensor: Tensor) => Tensor

/** Elements that one thread computes: WGSL's f32 or vec4f. */
export type Width = 1 | 4

const typeOf = (width: Width): 'f32' | 'vec4f' => (width === 4 ? 'vec4f' : 'f32')

/** How an operand of one shape is found from an element of another: the same index, one value for all, or by coordinates. */
type Access =
  | { readonly kind: 'flat' }
  | { readonly kind: 'scalar' }
  | { readonly kind: 'broadcast'; readonly shape: Shape }

export function accessOf(operand: Shape, user: Shape): Access {
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
export class ElementwiseText {
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
