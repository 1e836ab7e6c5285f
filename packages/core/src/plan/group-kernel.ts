import type { Tensor } from '../graph/tensor.ts'
import {
  type AdapterTraits,
  binding,
  dispatchFor,
  type Head,
  type Kernel,
  type Tail,
  type Together,
} from '../kernels/kernel.ts'
import { constantOf } from '../ops/elementwise.ts'
import { padToFour, type Shape, sizeOf } from '../shape.ts'
import { accessOf, ElementwiseText, type OwnerOf, type Width } from './elementwise-text.ts'
import type { Group } from './fuse.ts'
import { sourceOf } from './view.ts'

/** One fused group as a shader, and the memory that it binds, in binding order. */
export interface GroupKernel extends Kernel {
  readonly operands: readonly Tensor[]
}

const ALIAS = (operand: number): string => `b${operand}`

/** The tail of an anchored group: the operations behind the anchor and the stores. */
function tailOf(
  group: Group,
  anchor: Tensor,
  ownerOf: OwnerOf,
  anchorInputs: readonly Tensor[],
): { tail: Tail; operands: readonly Tensor[]; shared: ReadonlyMap<string, number> } {
  const write = (width: Width): ElementwiseText => {
    const text = new ElementwiseText(ownerOf, width)
    text.given(anchor, 'value')
    text.coordinatesGiven(anchor.shape, 'at')
    text.compute(group.members)
    for (const tensor of group.stores) if (!group.beside.includes(tensor)) text.store(tensor)
    return text
  }
  const text = write(1)
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
  const { beside } = group
  // What the operations behind the anchor made of its value, where that is wanted again.
  const [returned] = beside.flatMap(({ op, inputs: [x] }) =>
    op.beside?.madeOf === 'stored' && x !== undefined ? [sourceOf(x)] : [],
  )
  const declare = (text: ElementwiseText, width: Width, firstBinding: number, together: Together = 1): string => {
    const type = width === 4 ? 'vec4f' : 'f32'
    return [
      ...names.map((name, i) =>
        binding(firstBinding + i, name, width === 4 && text.wide.get(own[i] as Tensor) ? 'vec4f' : 'f32'),
      ),
      `fn finish(at: vec4u, i: u32, value: ${type})${returned === undefined ? '' : ` -> ${type}`} {`,
      text.text(),
      ...(returned === undefined ? [] : [`  return ${text.nameOf(returned)};`]),
      '}',
      ...beside.map((given, i) => given.op.beside?.wgsl(given, firstBinding + names.length + i, together)),
    ].join('\n')
  }
  const wide = shared.size === 0 && isWide(group.members, anchor.shape) ? write(4) : undefined
  const tail: Tail = {
    declarations: (firstBinding, together) => declare(text, 1, firstBinding, together),
    ...(wide !== undefined &&
      !wide.conflict && {
        wideDeclarations: (firstBinding: number, together?: Together) => declare(wide, 4, firstBinding, together),
      }),
    ...(beside.length > 0 && { beside: new Set(beside.flatMap(({ op }) => op.beside?.kind ?? [])) }),
  }
  return { tail, operands: [...own, ...beside.map(ownerOf)], shared }
}

/** Whether four neighbours in a row of `shape` can be computed at once by these operations on it. */
function isWide(members: readonly Tensor[], shape: Shape): boolean {
  const rowOf = (of: Shape): number => padToFour(of)[3]
  const allFlat = members.every((member) =>
    member.inputs.every((input) => accessOf(input.shape, member.shape).kind !== 'broadcast'),
  )
  return rowOf(shape) % 4 === 0 && (allFlat || members.every((member) => rowOf(member.shape) % 4 === 0))
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
  const source = sourceOf(input)
  if (group.head.length === 0) {
    const declare = (type: 'f32' | 'vec4f', index: string): string =>
      `${binding(0, 'h0', type)}\nfn load(i: u32) -> ${type} { return h0[${index}]; }`
    return {
      head: {
        declarations: declare('f32', 'i'),
        ...(sizeOf(source.shape) % 4 === 0 && { wideDeclarations: declare('vec4f', 'i / 4u') }),
        bindings: 1,
      },
      operands: [ownerOf(source)],
    }
  }
  const write = (width: Width): ElementwiseText => {
    const text = new ElementwiseText(ownerOf, width)
    text.compute(group.head)
    return text
  }
  const declare = (text: ElementwiseText, type: 'f32' | 'vec4f'): string =>
    [
      ...text.operands.map((operand, i) =>
        binding(i, `h${i}`, type === 'vec4f' && text.wide.get(operand) ? 'vec4f' : 'f32'),
      ),
      `fn load(i: u32) -> ${type} {`,
      text.text().replaceAll(/\bb(\d+)\[/g, 'h$1['),
      `  return ${text.nameOf(source)};`,
      '}',
    ].join('\n')
  const text = write(1)
  const wide = isWide(group.head, source.shape) ? write(4) : undefined
  return {
    head: {
      declarations: declare(text, 'f32'),
      ...(wide !== undefined && !wide.conflict && { wideDeclarations: declare(wide, 'vec4f') }),
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
