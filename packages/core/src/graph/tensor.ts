import { ShapeError } from '../errors.ts'
import type { AdapterTraits, BesideKind, Head, Kernel, KernelSpec, Tail, Together } from '../kernels/kernel.ts'
import type { Values } from '../reference/values.ts'
import { checkShape, type Shape, showShape, sizeOf } from '../shape.ts'

export type DType = 'f32' | 'u32'

/** How an op takes part in the graph: its shape, its gradient, its meaning in float64, and its kernel. */
export interface Op<Attributes = unknown> {
  readonly name: string
  readonly dtype?: DType
  /** Shape of the result. @throws ShapeError when the inputs do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape
  /** Vector-Jacobian product: from d loss / d result, one gradient per input, in terms of ops; undefined where none flows. */
  gradient?(result: Tensor, gradient: Tensor, attributes: Attributes): readonly (Tensor | undefined)[]
  /** The op in plain TypeScript and float64, written to be obviously right. */
  reference?(inputs: readonly Values[], attributes: Attributes): Values
  /** One element of an element-wise op: as WGSL over `inputs`, in scalars or vec4f (`type`). */
  readonly pointwise?: { wgsl(inputs: readonly string[], attributes: Attributes, type: 'f32' | 'vec4f'): string }
  /** The kernel of any other op. */
  kernel?(spec: KernelSpec<Attributes>, tail: Tail): Kernel
  /** The kernel of a reduction, which can take the element-wise operations before it into its loads. */
  headedKernel?(spec: KernelSpec<Attributes>, tail: Tail, head: Head): Kernel
  /** Its result stays float32 in memory where a program stores what layers hand on as f16: its range or its later use needs that. */
  readonly isPrecise?: true
  /** Its result is a few numbers made of many, as sums are. */
  readonly isStatistic?: true
  /**
   * Where its kernel can give the moments of each channel of what it stores beside that: in how many parts (`Tail.beside`).
   * Undefined where it cannot, or for this shape does not.
   */
  momentParts?(spec: KernelSpec<Attributes>): number | undefined
  /** Whether its kernel can give the maxima of the 2x2 windows of what it stores beside that (`Tail.beside`). */
  givesMaxima?(attributes: Attributes): boolean
  /** How the kernel of another op that computes on the same values, or made them, can give its result beside its own. */
  readonly beside?: Beside
  /** The ops that really run on an adapter, where another arrangement is faster: a graph for this node alone. */
  lower?(result: Tensor, inputs: readonly Tensor[], context: LoweringContext): Tensor | undefined
}

/** A result that another op's kernel can give beside its own. */
export interface Beside {
  readonly kind: BesideKind
  /** Whether it is made of what the kernel stores, or of what it reads. */
  readonly madeOf: 'stored' | 'read'
  /** Whether the kernel that computes `host`, as its own values or beside them, can give `result`. */
  givenBy(result: Tensor, host: Tensor): boolean
  /** WGSL of the function by which the kernel gives it (`Tail.beside`), and of the memory that this stores it in, at `binding`. */
  wgsl(result: Tensor, binding: number, together: Together): string
}

/** What the choice of an algorithm may depend on. */
export interface LoweringContext {
  readonly adapter: AdapterTraits
  /** Whether convolutions may be computed by Winograd's algorithms. Default true. */
  readonly winograd?: boolean
  /** Picks one of `candidates`, by the autotuner's table if it knows `key`, else the first. */
  choose<Candidate extends { readonly name: string }>(key: string, candidates: readonly Candidate[]): Candidate
}

let created = 0
let rankOverride: number | undefined

/** Runs `body` so that the tensors it makes are scheduled where `rank` stands: for nodes that replace another. */
export function atRank<Result>(rank: number, body: () => Result): Result {
  const outer = rankOverride
  rankOverride = rank
  try {
    return body()
  } finally {
    rankOverride = outer
  }
}

/** One value of a traced graph: what an op gives for its inputs. Nothing is computed until a program that contains it runs. */
export class Tensor {
  readonly id: number
  /** Place in the order in which the model's code computes; a node that replaces another keeps its rank. */
  readonly rank: number
  readonly op: Op
  readonly inputs: readonly Tensor[]
  readonly attributes: unknown
  readonly shape: Shape
  readonly dtype: DType
  /** Path of the layer that made it, for errors and profiles: 'conv2d_3'. */
  readonly layer: string

  constructor(op: Op, inputs: readonly Tensor[], attributes: unknown, shape: Shape, layer: string) {
    this.id = created++
    this.rank = rankOverride ?? this.id
    this.op = op
    this.inputs = inputs
    this.attributes = attributes
    this.shape = shape
    this.dtype = op.dtype ?? 'f32'
    this.layer = layer
  }
}

const layers: string[] = []

/** Runs `body` with `name` as the current layer: its tensors and its errors carry it. */
export function inLayer<Result>(name: string, body: () => Result): Result {
  layers.push(name)
  try {
    return body()
  } finally {
    layers.pop()
  }
}

/** Adds a node to the graph. @throws ShapeError naming the current layer when the shapes do not fit. */
export function apply<Attributes>(op: Op<Attributes>, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  const layer = layers.join('/')
  let shape: Shape
  try {
    shape = op.shape(
      inputs.map((input) => input.shape),
      attributes,
    )
    checkShape(shape)
    if (op.pointwise !== undefined && inputs.some((input) => input.dtype !== 'f32'))
      throw new ShapeError('element-wise operations take f32 tensors, not u32')
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw new ShapeError(`${layer === '' ? '' : `layer ${layer}: `}${op.name}: ${error.message}`, { cause: error })
  }
  return new Tensor(op as Op, inputs, attributes, shape, layer)
}

/** The same node on other inputs, which must have the same shapes; the layer is kept. */
export function rebuild(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
  if (inputs.every((input, i) => input === tensor.inputs[i])) return tensor
  return atRank(tensor.rank, () => new Tensor(tensor.op, inputs, tensor.attributes, tensor.shape, tensor.layer))
}

type VariableValues = Float32Array | Uint32Array

/** Values that a tensor can have, told by their name: those of another window or worker have classes of their own. */
const ARRAY_OF: Readonly<Record<DType, string>> = { f32: 'Float32Array', u32: 'Uint32Array' }

/**
 * Refuses values that are no Float32Array, or for u32 no Uint32Array, of the tensor's size: others would be taken byte by byte.
 * @throws ShapeError that begins with `what`.
 */
export function checkValues(
  what: string,
  values: unknown,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType },
): void {
  const expected = `expected ${sizeOf(shape)} values for ${showShape(shape)} in a ${ARRAY_OF[dtype]}`
  if (values === undefined || values === null) throw new ShapeError(`${what}: ${expected}, got none`)
  const found = nameOfClass(values)
  if (found !== ARRAY_OF[dtype])
    throw new ShapeError(`${what}: ${expected}, got ${/^[AEIOU]/.test(found) ? 'an' : 'a'} ${found}`)
  const { length } = values as Float32Array
  if (length !== sizeOf(shape)) throw new ShapeError(`${what}: ${expected}, got ${length}`)
}

const nameOfClass = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1)

/**
 * A named value that lives on the device between runs: a parameter, an optimiser's moment, a running mean.
 * `initial` is uploaded when a program uses it on a device before anything was written to it there.
 */
export class Variable {
  readonly name: string
  readonly shape: Shape
  readonly dtype: DType
  /** The symbolic value at the start of a run. */
  readonly value: Tensor

  #initial: VariableValues | (() => Float32Array)

  /**
   * @param initial its values, or what makes them when they are first asked for: a model that is given stored weights never
   * asks for the random ones.
   * @throws ShapeError when their number is not that of the shape, or they are no Float32Array or Uint32Array, then or now.
   */
  constructor(name: string, shape: Shape, initial: VariableValues | (() => Float32Array)) {
    checkShape(shape)
    this.name = name
    this.shape = shape
    this.dtype = nameOfClass(initial) === ARRAY_OF.u32 ? 'u32' : 'f32'
    this.#initial = typeof initial === 'function' ? initial : this.#checked(initial)
    this.value = new Tensor(this.dtype === 'u32' ? variableU32Op : variableOp, [], { variable: this }, shape, name)
  }

  get initial(): VariableValues {
    if (typeof this.#initial === 'function') this.#initial = this.#checked(this.#initial())
    return this.#initial
  }

  #checked<Given extends VariableValues>(values: Given): Given {
    checkValues(`variable ${this.name}`, values, this)
    return values
  }
}

/** The variable that a tensor reads, if it is one. */
export function variableOf(tensor: Tensor): Variable | undefined {
  if (tensor.op !== variableOp && tensor.op !== variableU32Op) return undefined
  return (tensor.attributes as { variable: Variable }).variable
}

const shapeOfLeaf = (): Shape => {
  throw new ShapeError('leaves are not made by apply')
}
const variableOp: Op = { name: 'variable', shape: shapeOfLeaf }
const variableU32Op: Op = { name: 'variable', dtype: 'u32', shape: shapeOfLeaf }
const inputOp: Op = { name: 'input', shape: shapeOfLeaf }
const inputU32Op: Op = { name: 'input', dtype: 'u32', shape: shapeOfLeaf }

/** A value that each run is given by name. */
export function inputTensor(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
  checkShape(shape)
  return new Tensor(dtype === 'u32' ? inputU32Op : inputOp, [], { name }, shape, name)
}

/** The name of the input that a tensor is, if it is one. */
export function inputNameOf(tensor: Tensor): string | undefined {
  return tensor.op === inputOp || tensor.op === inputU32Op ? (tensor.attributes as { name: string }).name : undefined
}

/** A value to be stored in a variable when a run ends. */
export interface Assignment {
  readonly variable: Variable
  readonly value: Tensor
}

let assignments: Assignment[] | undefined

/** Stores `value` in `variable` at the end of every run of the program that is being traced; reads in the same run see the old value. */
export function assign(variable: Variable, value: Tensor): void {
  if (assignments === undefined) {
    throw new ShapeError(`assigning ${variable.name}: only the function that is compiled may assign variables`)
  }
  if (showShape(variable.shape) !== showShape(value.shape) || variable.dtype !== value.dtype) {
    throw new ShapeError(
      `assigning ${variable.name}: its shape is ${showShape(variable.shape)} ${variable.dtype}, the value's ${showShape(value.shape)} ${value.dtype}`,
    )
  }
  if (assignments.some((earlier) => earlier.variable === variable)) {
    throw new ShapeError(`assigning ${variable.name}: it is assigned twice in one program`)
  }
  assignments.push({ variable, value })
}

/** Runs `body` and collects what it assigns. */
export function collectAssignments<Result>(body: () => Result): { result: Result; assignments: Assignment[] } {
  const outer = assignments
  const collected: Assignment[] = []
  assignments = collected
  try {
    return { result: body(), assignments: collected }
  } finally {
    assignments = outer
  }
}

/** Every tensor that `roots` depend on, inputs before users, each once. */
export function topological(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = []
  const seen = new Set<Tensor>()
  const stack: { tensor: Tensor; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ tensor: root, next: 0 })
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.tensor.inputs[top.next++]
      if (input === undefined) {
        order.push(top.tensor)
        stack.pop()
      } else if (!seen.has(input)) {
        seen.add(input)
        stack.push({ tensor: input, next: 0 })
      }
    }
  }
  return order
}
