/** WGSL types of numbers, one or several side by side. */
type Numbers = 'f32' | 'vec2f' | 'vec4f'

const WORDS = { f32: 'u32', vec2f: 'vec2u', vec4f: 'vec4u' } as const

/**
 * WGSL of whether numbers are NaN, by their bits: WGSL lets compilers take it that no number is, so that comparisons say nothing
 * of it, and its min, max and clamp may return either operand.
 */
export const isNan = (x: string, type: Numbers): string =>
  `((bitcast<${WORDS[type]}>(${x}) & ${WORDS[type]}(0x7fffffffu)) > ${WORDS[type]}(0x7f800000u))`

/** WGSL of `result`, which is made of the numbers that `x` names, and NaN where these are. */
export const keepingNan = (x: string, result: string, type: Numbers): string =>
  `select(${result}, ${x}, ${isNan(x, type)})`

/** WGSL of the larger or smaller of the numbers that `a` and `b` name, and NaN where one of them is. */
export const extremeOf = (kind: 'max' | 'min', a: string, b: string, type: Numbers): string =>
  keepingNan(a, keepingNan(b, `${kind}(${a}, ${b})`, type), type)

/** WGSL of the largest of the numbers that `names` name, and NaN where one of them is. */
export const largestOf = (names: readonly string[], type: Numbers): string =>
  names.reduce(
    (best, name) => keepingNan(name, best, type),
    names.reduce((a, b) => `max(${a}, ${b})`),
  )
