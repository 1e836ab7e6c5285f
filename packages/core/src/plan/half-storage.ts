import type { Tensor } from '../graph/tensor.ts'
import type { GroupKernel } from './group-kernel.ts'

/** The largest finite f16. */
const LARGEST = 65504

const HALF_OF = { f32: 'f16', vec2f: 'vec2<f16>', vec4f: 'vec4<f16>' } as const
type Element = keyof typeof HALF_OF

/**
 * The kernel with those of its operands that are in `halves` as f16 in memory; it goes on computing in float32. What is
 * larger than f16 can hold is stored as its largest number, so that no infinity appears; NaN stays NaN.
 */
export function withHalfStorage(kernel: GroupKernel, halves: ReadonlySet<Tensor>): GroupKernel {
  const elements = new Map<string, Element>()
  let { wgsl } = kernel
  for (const [index, operand] of kernel.operands.entries()) {
    if (!halves.has(operand)) continue
    wgsl = wgsl.replace(declarationOf(index), (_, before: string, name: string, element: Element) => {
      elements.set(name, element)
      return `${before}${name}: array<${HALF_OF[element]}>;`
    })
  }
  if (elements.size === 0) return kernel
  const text = converted(wgsl, elements)
  const stored = (['f32', 'vec2f', 'vec4f'] as const).filter((element) =>
    text.includes(`${nameOfConversion(element)}(`),
  )
  return { ...kernel, wgsl: ['enable f16;', text, ...stored.map(conversionTo)].join('\n') }
}

const declarationOf = (index: number): RegExp =>
  new RegExp(`(@binding\\(${index}\\) var<storage, read_write> )(\\w+): array<(f32|vec2f|vec4f)>;`)

const nameOfConversion = (element: Element): string => `half_${element}`

/** A NaN is not larger than anything and stays as it is. */
const conversionTo = (element: Element): string =>
  `fn ${nameOfConversion(element)}(value: ${element}) -> ${HALF_OF[element]} {
  return ${HALF_OF[element]}(select(value, sign(value) * ${LARGEST}.0, abs(value) > ${element}(${LARGEST}.0)));
}`

/** WGSL whose reads of these arrays are converted to float32, and whose stores to f16. */
function converted(wgsl: string, elements: ReadonlyMap<string, Element>): string {
  const accesses = new RegExp(`(?<![\\w.])(${[...elements.keys()].join('|')})\\[`, 'g')
  const parts: string[] = []
  let done = 0
  for (const access of wgsl.matchAll(accesses)) {
    const [opening, name = ''] = access
    const element = elements.get(name)
    // Accesses inside the index or the value of an earlier one are converted with it.
    if (element === undefined || access.index < done) continue
    parts.push(wgsl.slice(done, access.index))
    const start = access.index + opening.length
    const end = closingBracket(wgsl, start)
    const place = `${opening}${converted(wgsl.slice(start, end), elements)}]`
    const [assignment, value] = /^\s*=(?!=)\s*([^;]*);/.exec(wgsl.slice(end + 1)) ?? []
    if (assignment === undefined || value === undefined) {
      parts.push(`${element}(${place})`)
      done = end + 1
    } else {
      parts.push(`${place} = ${nameOfConversion(element)}(${converted(value, elements)});`)
      done = end + 1 + assignment.length
    }
  }
  return [...parts, wgsl.slice(done)].join('')
}

/** Where the bracket closes that was opened before `start`. */
function closingBracket(wgsl: string, start: number): number {
  let open = 1
  for (let i = start; i < wgsl.length; i++) {
    if (wgsl[i] === '[') open++
    else if (wgsl[i] === ']' && --open === 0) return i
  }
  throw new Error(`a bracket is not closed in\n${wgsl}`)
}
