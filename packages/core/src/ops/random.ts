import { ShapeError } from '../errors.ts'
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import type { Distribution, RandomAttributes } from '../kernels/attributes.ts'
import type { RandomOptions } from '../random/random.ts'
import { random, randomBits } from '../random/random.ts'
import { randomBitsKernel, randomKernel } from '../random/random.wgsl.ts'
import type { Values } from '../reference/values.ts'
import { type Shape, sizeOf } from '../shape.ts'

type KeyWords = readonly [number, number, number, number]

const wordsOf = (key: Values | undefined): KeyWords => {
  const [key0 = 0, key1 = 0, stream = 0, offset = 0] = key?.data ?? []
  return [key0, key1, stream, offset]
}

const shapeFor = ([key = []]: readonly Shape[], { shape }: RandomAttributes): Shape => {
  if (sizeOf(key) !== 4) throw new ShapeError(`a random key has 4 words, not ${sizeOf(key)}`)
  return shape
}

const bitsOp: Op<RandomAttributes> = {
  name: 'randomBits',
  dtype: 'u32',
  shape: shapeFor,
  reference: ([key], { shape, draw = 0 }) => ({
    shape,
    data: Float64Array.from(randomBits(wordsOf(key), sizeOf(shape), { draw })),
  }),
  kernel: randomBitsKernel,
}

const randomOp: Op<RandomAttributes & { readonly distribution: Distribution }> = {
  name: 'random',
  // Draws are compared with probabilities, which rounding would shift.
  isPrecise: true,
  shape: shapeFor,
  reference: ([key], { shape, distribution, ...options }) => ({
    shape,
    data: Float64Array.from(random(distribution, wordsOf(key), sizeOf(shape), options)),
  }),
  kernel: randomKernel,
}

/** Random 32-bit words as a u32 tensor, bit for bit what `randomBits` gives. `key` is a u32 tensor [4], a RandomKey. */
export const randomBitsTensor = (key: Tensor, shape: Shape, options: Pick<RandomOptions, 'draw'> = {}): Tensor =>
  apply(bitsOp, [key], { distribution: 'bits', shape, ...options })

/** Random numbers of a distribution, the same draws as `random` gives on the CPU. `key` is a u32 tensor [4], a RandomKey. */
export const randomTensor = (
  distribution: Distribution,
  key: Tensor,
  shape: Shape,
  options: RandomOptions = {},
): Tensor => apply(randomOp, [key], { distribution, shape, ...options })
