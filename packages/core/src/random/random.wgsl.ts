import type { Distribution, RandomAttributes } from '../kernels/attributes.ts'
import { flatKernel } from '../kernels/flat.ts'
import type { Kernel, KernelSpec, Tail } from '../kernels/kernel.ts'
import { binding, unflatten } from '../kernels/kernel.ts'
import { padToFour, sizeOf } from '../shape.ts'
import { distributionFunctions } from './distributions.wgsl.ts'
import { philoxFunctions } from './philox.wgsl.ts'
import { poissonFunction } from './poisson.ts'

/** WGSL function of one word for each distribution; the normal one takes two. */
const DRAW: Record<Exclude<Distribution, 'normal'>, string> = {
  uniform: 'uniform1',
  laplace: 'laplace',
  arcsine: 'arcsine',
  poisson: 'poisson',
}

/** WGSL of the four numbers of a block of words. */
function drawsOf(distribution: Distribution): string {
  if (distribution === 'normal') return 'vec4f(normalPair(words.x, words.y), normalPair(words.z, words.w))'
  return `vec4f(${['x', 'y', 'z', 'w'].map((component) => `${DRAW[distribution]}(words.${component})`).join(', ')})`
}

const wordsOfThread = ({ draw = 0 }: RandomAttributes): string =>
  `let words = randomWords(id, vec4u(key[0], key[1], key[2], key[3]), ${draw}u);`

/**
 * Random numbers of every distribution but 'bits': one thread a block of four.
 * Bindings: 0 key (u32, a RandomKey), tail from 1.
 * @throws InputError when 'poisson' has no usable rate.
 */
export function randomKernel(
  spec: KernelSpec<RandomAttributes & { readonly distribution: Distribution }>,
  tail: Tail,
): Kernel {
  const { distribution, rate } = spec.attributes
  const count = sizeOf(spec.output)
  return flatKernel(
    `random ${distribution}`,
    Math.ceil(count / 4),
    `${binding(0, 'key', 'u32')}
${tail.declarations(1)}
${philoxFunctions}
${distribution === 'poisson' ? poissonFunction(rate ?? NaN) : distributionFunctions}`,
    `  ${wordsOfThread(spec.attributes)}
  var draws = ${drawsOf(distribution)};
  for (var i = id * 4u; i < min(id * 4u + 4u, ${count}u); i++) {
    ${unflatten('i', padToFour(spec.output))}
    finish(at, i, draws[i % 4u]);
  }`,
  )
}

/**
 * Random 32-bit words. Bindings: 0 key (u32, a RandomKey), 1 the words (u32): a tail could not carry them, since moving
 * them as floats may change those that look like NaN.
 */
export function randomBitsKernel(spec: KernelSpec<RandomAttributes>): Kernel {
  const count = sizeOf(spec.output)
  return flatKernel(
    'random bits',
    Math.ceil(count / 4),
    `${binding(0, 'key', 'u32')}
${binding(1, 'out', 'u32')}
${philoxFunctions}`,
    `  ${wordsOfThread(spec.attributes)}
  for (var i = id * 4u; i < min(id * 4u + 4u, ${count}u); i++) { out[i] = words[i % 4u]; }`,
  )
}
