import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import { extremeOf, keepingNan } from '../kernels/nan.ts'
import { type Values, zeros } from '../reference/values.ts'
import { broadcastShapes, checkShape, type Shape, sameShape, sizeOf, stridesOf } from '../shape.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'

/** A tensor, or a number that stands for a scalar tensor. */
export type Operand = Tensor | number

/** A WGSL literal of this type. @throws ShapeError for values that WGSL cannot write. */
function literal(value: number, type: 'f32' | 'vec4f'): string {
  const rounded = Math.fround(value)
  if (!Number.isFinite(rounded)) throw new ShapeError(`the constant ${value} is not a finite float32`)
  return `${type}(${rounded})`
}

const fillOp: Op<{ readonly value: number; readonly shape: Shape }> = {
  name: 'fill',
  shape: (_, { shape }) => shape,
  gradient: () => [],
  reference: (_, { value, shape }) => ({ shape, data: new Float64Array(sizeOf(shape)).fill(value) }),
  pointwise: { wgsl: (_, { value }, type) => literal(value, type) },
}

/** A tensor of one value everywhere; the value is baked into the kernels that use it. */
export function fill(value: number, shape: Shape = []): Tensor {
  literal(value, 'f32')
  return apply(fillOp, [], { value, shape })
}

/** The constant that a tensor is everywhere, if it is one. */
export function constantOf(tensor: Tensor): number | undefined {
  return tensor.op === (fillOp as Op) ? (tensor.attributes as { value: number }).value : undefined
}

const toTensor = (operand: Operand): Tensor => (typeof operand === 'number' ? fill(operand) : operand)

/** The sum of `x` over the axes that broadcasting had spread from `shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []))
  return reshape(axes.length === 0 ? x : sum(x, axes), shape)
}

const broadcastOp: Op<{ readonly shape: Shape }> = {
  name: 'broadcast',
  shape: ([input = []], { shape }) => {
    if (!sameShape(broadcastShapes(input, shape), shape))
      throw new ShapeError('the target shape is smaller than the input')
    return shape
  },
  gradient: (result, gradient) => result.inputs.map((input) => sumTo(gradient, input.shape)),
  reference: (inputs, { shape }) => mapBroadcast(inputs, shape, ([x = 0]) => x),
  pointwise: { wgsl: ([x = '']) => x },
}

/** `x` repeated along its axes of size one (and new leading axes) up to `shape`. @throws ShapeError */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkShape(shape)
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape })
}

/** Applies `f` to the broadcast elements of `inputs`. */
function mapBroadcast(inputs: readonly Values[], shape: Shape, f: (elements: number[]) => number): Values {
  const result = zeros(shape)
  const strides = stridesOf(shape)
  const readers = inputs.map((input) => {
    const own = stridesOf(input.shape)
    const lead = shape.length - input.shape.length
    return (index: number) => {
      let offset = 0
      for (let axis = lead; axis < shape.length; axis++) {
        if (input.shape[axis - lead] === 1) continue
        const coordinate = Math.floor(index / (strides[axis] as number)) % (shape[axis] as number)
        offset += coordinate * (own[axis - lead] as number)
      }
      return input.data[offset] as number
    }
  })
  for (let i = 0; i < result.data.length; i++) result.data[i] = f(readers.map((read) => read(i)))
  return result
}

interface ElementwiseDefinition<Attributes> {
  readonly name: string
  readonly inputs: number
  /** One element in WGSL, or four: `type` says which, and `t(v)` writes a constant of it. */
  wgsl(x: readonly string[], t: (value: number) => string, attributes: Attributes, type: 'f32' | 'vec4f'): string
  /** One element in float64. */
  value(x: readonly number[], attributes: Attributes): number
  /** d loss / d inputs; broadcasting is undone afterwards. */
  gradient?(
    dy: Tensor,
    parts: { readonly x: readonly Tensor[]; readonly y: Tensor; readonly attributes: Attributes },
  ): readonly (Tensor | undefined)[]
}

/** Makes an element-wise op with broadcasting from one line each of WGSL, float64 and gradient. */
export function elementwise<Attributes>(definition: ElementwiseDefinition<Attributes>) {
  const op: Op<Attributes> = {
    name: definition.name,
    shape: (inputs) => broadcastShapes(...inputs),
    gradient: (y, dy, attributes) => {
      const gradients = definition.gradient?.(dy, { x: y.inputs, y, attributes }) ?? []
      return y.inputs.map((input, i) => {
        const gradient = gradients[i]
        return gradient === undefined ? undefined : sumTo(gradient, input.shape)
      })
    },
    reference: (inputs, attributes) =>
      mapBroadcast(inputs, broadcastShapes(...inputs.map((input) => input.shape)), (elements) =>
        definition.value(elements, attributes),
      ),
    pointwise: { wgsl: (x, attributes, type) => definition.wgsl(x, (value) => literal(value, type), attributes, type) },
  }
  return (attributes: Attributes, ...operands: readonly Operand[]): Tensor => {
    if (operands.length !== definition.inputs)
      throw new ShapeError(`${definition.name} takes ${definition.inputs} operands, not ${operands.length}`)
    return apply(op, operands.map(toTensor), attributes)
  }
}

type Unary = (x: Operand) => Tensor
type Binary = (a: Operand, b: Operand) => Tensor

function unary(definition: {
  readonly name: string
  wgsl(x: string, t: (value: number) => string): string
  /** Its WGSL may make a number of NaN. */
  readonly losesNan?: true
  value(x: number): number
  gradient?(dy: Tensor, x: Tensor, y: Tensor): Tensor
}): Unary {
  const { gradient } = definition
  const make = elementwise<null>({
    name: definition.name,
    inputs: 1,
    wgsl: ([x = ''], t, _, type) =>
      definition.losesNan ? keepingNan(x, definition.wgsl(x, t), type) : definition.wgsl(x, t),
    value: ([x = 0]) => definition.value(x),
    gradient: (dy, { x: [x], y }) => [gradient !== undefined && x !== undefined ? gradient(dy, x, y) : undefined],
  })
  return (x) => make(null, x)
}

function binary(definition: {
  readonly name: string
  wgsl(a: string, b: string, t: (value: number) => string, type: 'f32' | 'vec4f'): string
  value(a: number, b: number): number
  gradient?(dy: Tensor, a: Tensor, b: Tensor, y: Tensor): readonly (Tensor | undefined)[]
}): Binary {
  const { gradient } = definition
  const make = elementwise<null>({
    name: definition.name,
    inputs: 2,
    wgsl: ([a = '', b = ''], t, _, type) => definition.wgsl(a, b, t, type),
    value: ([a = 0, b = 0]) => definition.value(a, b),
    gradient: (dy, { x: [a, b], y }) =>
      gradient !== undefined && a !== undefined && b !== undefined ? gradient(dy, a, b, y) : [],
  })
  return (a, b) => make(null, a, b)
}

export const add = binary({
  name: 'add',
  wgsl: (a, b) => `(${a} + ${b})`,
  value: (a, b) => a + b,
  gradient: (dy) => [dy, dy],
})
export const sub = binary({
  name: 'sub',
  wgsl: (a, b) => `(${a} - ${b})`,
  value: (a, b) => a - b,
  gradient: (dy) => [dy, neg(dy)],
})
export const mul = binary({
  name: 'mul',
  wgsl: (a, b) => `(${a} * ${b})`,
  value: (a, b) => a * b,
  gradient: (dy, a, b) => [mul(dy, b), mul(dy, a)],
})
export const div = binary({
  name: 'div',
  wgsl: (a, b) => `(${a} / ${b})`,
  value: (a, b) => a / b,
  gradient: (dy, _, b, y) => [div(dy, b), neg(div(mul(dy, y), b))],
})
/** The larger of two; equal operands share the gradient in halves, as in PyTorch. */
export const maximum = binary({
  name: 'maximum',
  wgsl: (a, b, _, type) => extremeOf('max', a, b, type),
  value: Math.max,
  gradient: (dy, a, b) => [mul(dy, preference(a, b)), mul(dy, preference(b, a))],
})
/** The smaller of two; equal operands share the gradient in halves, as in PyTorch. */
export const minimum = binary({
  name: 'minimum',
  wgsl: (a, b, _, type) => extremeOf('min', a, b, type),
  value: Math.min,
  gradient: (dy, a, b) => [mul(dy, preference(b, a)), mul(dy, preference(a, b))],
})
/** 1 where a > b, else 0. */
export const greater = binary({
  name: 'greater',
  wgsl: (a, b, t) => `select(${t(0)}, ${t(1)}, ${a} > ${b})`,
  value: (a, b) => (a > b ? 1 : 0),
})
/** 1 where a = b, else 0. */
export const equal = binary({
  name: 'equal',
  wgsl: (a, b, t) => `select(${t(0)}, ${t(1)}, ${a} == ${b})`,
  value: (a, b) => (a === b ? 1 : 0),
})
/** 1 where a > b, a half where a = b, else 0. */
const preference = (a: Tensor, b: Tensor): Tensor => add(greater(a, b), mul(0.5, equal(a, b)))

export const neg = unary({ name: 'neg', wgsl: (x) => `(-${x})`, value: (x) => -x, gradient: (dy) => neg(dy) })
export const relu = unary({
  name: 'relu',
  wgsl: (x, t) => `max(${x}, ${t(0)})`,
  losesNan: true,
  value: (x) => Math.max(x, 0),
  gradient: (dy, _, y) => where(greater(y, 0), dy, 0),
})
/** Overflow of exp is kept out by clamping: beyond 87 the result is 0 or 1 in float32 anyway. */
export const sigmoid = unary({
  name: 'sigmoid',
  wgsl: (x, t) => `(${t(1)} / (${t(1)} + exp(clamp(-${x}, ${t(-87)}, ${t(87)}))))`,
  losesNan: true,
  value: (x) => 1 / (1 + Math.exp(-x)),
  gradient: (dy, _, y) => mul(dy, mul(y, sub(1, y))),
})
/** Beyond 15 tanh is 1 in float32; the clamp keeps drivers that compute it through exp from overflowing. */
export const tanh = unary({
  name: 'tanh',
  wgsl: (x, t) => `tanh(clamp(${x}, ${t(-15)}, ${t(15)}))`,
  losesNan: true,
  value: Math.tanh,
  gradient: (dy, _, y) => mul(dy, sub(1, mul(y, y))),
})
export const softplus = unary({
  name: 'softplus',
  wgsl: (x, t) => `(max(${x}, ${t(0)}) + log(${t(1)} + exp(-abs(${x}))))`,
  losesNan: true,
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (dy, x) => mul(dy, sigmoid(x)),
})
export const exp = unary({
  name: 'exp',
  wgsl: (x) => `exp(${x})`,
  losesNan: true,
  value: Math.exp,
  gradient: (dy, _, y) => mul(dy, y),
})
export const log = unary({
  name: 'log',
  wgsl: (x) => `log(${x})`,
  losesNan: true,
  value: Math.log,
  gradient: (dy, x) => div(dy, x),
})
export const sqrt = unary({
  name: 'sqrt',
  wgsl: (x) => `sqrt(${x})`,
  losesNan: true,
  value: Math.sqrt,
  gradient: (dy, _, y) => div(mul(0.5, dy), y),
})
export const sign = unary({ name: 'sign', wgsl: (x) => `sign(${x})`, losesNan: true, value: Math.sign })
export const abs = unary({
  name: 'abs',
  wgsl: (x) => `abs(${x})`,
  value: Math.abs,
  gradient: (dy, x) => mul(dy, sign(x)),
})
/** `x` itself, through which no gradient flows. */
export const stopGradient = unary({ name: 'stopGradient', wgsl: (x) => x, value: (x) => x })
/** `x` times itself. */
export const square = (x: Tensor): Tensor => mul(x, x)

const leakyReluOf = elementwise<{ readonly slope: number }>({
  name: 'leakyRelu',
  inputs: 1,
  wgsl: ([x = ''], t, { slope }) => `select(${t(slope)} * ${x}, ${x}, ${x} > ${t(0)})`,
  value: ([x = 0], { slope }) => (x > 0 ? x : slope * x),
  gradient: (dy, { x: [x = dy], attributes: { slope } }) => [where(greater(x, 0), dy, mul(slope, dy))],
})
/** x above zero, slope * x below. */
export const leakyRelu = (x: Operand, slope = 0.01): Tensor => leakyReluOf({ slope }, x)

const eluOf = elementwise<{ readonly alpha: number }>({
  name: 'elu',
  inputs: 1,
  wgsl: ([x = ''], t, { alpha }, type) =>
    keepingNan(x, `select(${t(alpha)} * (exp(min(${x}, ${t(0)})) - ${t(1)}), ${x}, ${x} > ${t(0)})`, type),
  value: ([x = 0], { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)),
  gradient: (dy, { x: [x = dy], y, attributes: { alpha } }) => [where(greater(x, 0), dy, mul(dy, add(y, alpha)))],
})
/** x above zero, alpha * (exp(x) - 1) below (Clevert et al. 2016, equation 15). */
export const elu = (x: Operand, alpha = 1): Tensor => eluOf({ alpha }, x)

interface Range {
  readonly min: number
  readonly max: number
}
const inside = elementwise<Range>({
  name: 'inside',
  inputs: 1,
  wgsl: ([x = ''], t, { min, max }) => `select(${t(0)}, ${t(1)}, ${x} == clamp(${x}, ${t(min)}, ${t(max)}))`,
  value: ([x = 0], { min, max }) => (x >= min && x <= max ? 1 : 0),
})
const clampOf = elementwise<Range>({
  name: 'clamp',
  inputs: 1,
  wgsl: ([x = ''], t, { min, max }, type) => keepingNan(x, `clamp(${x}, ${t(min)}, ${t(max)})`, type),
  value: ([x = 0], { min, max }) => Math.min(Math.max(x, min), max),
  gradient: (dy, { x: [x = dy], attributes }) => [mul(dy, inside(attributes, x))],
})
/** x kept between `min` and `max`; the gradient passes inside and on the limits, as in PyTorch. */
export const clamp = (x: Operand, min: number, max: number): Tensor => clampOf({ min, max }, x)

const whereOf = elementwise<null>({
  name: 'where',
  inputs: 3,
  wgsl: ([condition = '', a = '', b = ''], t) => `select(${b}, ${a}, ${condition} != ${t(0)})`,
  value: ([condition = 0, a = 0, b = 0]) => (condition !== 0 ? a : b),
  gradient: (dy, { x: [condition = dy] }) => [undefined, where(condition, dy, 0), where(condition, 0, dy)],
})
/** `a` where `condition` is not zero, else `b`. */
export const where = (condition: Operand, a: Operand, b: Operand): Tensor => whereOf(null, condition, a, b)
