import { lines } from './conv2d-geometry.ts'
import type { ConvolutionSpec } from './convolution.ts'

/** Neighbouring pixels of one lane. */
export const QUAD = 4

/**
 * How the lanes of a subgroup lie over an image, four neighbouring pixels each, and how a lane gets the pixels beside its own.
 *
 * Lanes lie in rows of `across` x 4 output pixels, over `count / across` strips of the image.
 */
export interface QuadLanes {
  readonly count: number
  readonly across: number
  /** Groups of across * 4 output pixels in a row. */
  readonly tiles: number
  /** As how wide vectors the input is bound. */
  readonly vector: 'f32' | 'vec2f' | 'vec4f'
  /** WGSL name of the input pixel in `row` that lies `i` to the right of the lane's first output pixel. */
  pixel(row: number, i: number): string
  /** Declares what `load` uses, from `lane`, `across` (the place in the row of lanes) and `column`, the lane's first output pixel. */
  readonly declarations: string
  /** Declares all pixels of `row` from input index `at` of that column; zeros unless `inside`. */
  load(row: number, at: string, inside: string): string
}

/** Lanes over the output of a convolution; undefined where it has a stride, or taps beyond the neighbours' pixels. */
export function quadLanes(
  { w, ow, s, stride, dilation, padding, scale = 1 }: ConvolutionSpec,
  count: number,
  across: number,
): QuadLanes | undefined {
  const before = padding.left
  const behind = (s - 1) * dilation[1] - padding.left
  if (
    across > count ||
    stride[0] !== 1 ||
    stride[1] !== 1 ||
    before < 0 ||
    before > QUAD ||
    behind < 0 ||
    behind > QUAD
  )
    return undefined
  /** Pixels of a lane as they lie in memory, before the upsampling that the loads do. */
  const stored = QUAD / scale
  if (!Number.isInteger(stored)) return undefined
  const width = ([4, 2] as const).find((each) => each <= stored && (w / scale) % each === 0) ?? 1
  const parts = stored / width
  const element = (index: string): string =>
    width === 1 ? `x[${index}]` : `x[(${index}) / ${width}u][(${index}) % ${width}u]`
  const component = (i: number): string => 'xyzw'.charAt(i)
  const pixel = (row: number, i: number): string => `p${row}_${i + before}`
  /** Pixels beside the lane's own, by their distance from its first one. */
  const beside = [
    ...Array.from({ length: before }, (_, i) => i - before),
    ...Array.from({ length: behind }, (_, i) => QUAD + i),
  ]
  /** WGSL of the column `i` away, which wraps round to a large number left of the image. */
  const away = (i: number): string => (i < 0 ? `column - ${-i}u` : `column + ${i}u`)
  const distance = (i: number): string => {
    const places = Math.floor(i / scale)
    return places < 0 ? `- ${-places}u` : `+ ${places}u`
  }
  const own = (row: number, at: string, inside: string): string =>
    lines(parts, (part) => {
      const load = `let e = x[(${at}) / ${width}u + ${part}u];`
      const assign = Array.from({ length: width * scale }, (_, i) => {
        const value = width === 1 ? 'e' : `e.${component(Math.floor(i / scale))}`
        return `own${row}.${component(part * width * scale + i)} = ${value};`
      }).join(' ')
      return `    if (${inside} && within${part}) { ${load} ${assign} }`
    })

  // A single row of lanes has its neighbours' pixels from them; only at its ends they are loaded.
  const edge = (i: number): string => `edge${i + before}`
  const fromNeighbour = (row: number, i: number): string => {
    const source = `own${row}.${component((i + QUAD) % QUAD)}`
    const shuffled = `subgroupShuffle${i < 0 ? 'Up' : 'Down'}(${source}, 1u)`
    return `select(${shuffled}, far${row}_${i + before}, across == ${i < 0 ? 0 : across - 1}u)`
  }
  return {
    count,
    across,
    tiles: Math.ceil(ow / (across * QUAD)),
    vector: width === 1 ? 'f32' : `vec${width}f`,
    pixel,
    declarations: [
      lines(parts, (part) => `  let within${part} = column + ${part * width * scale}u < ${w}u;`),
      ...beside.map(
        (i) => `  let ${edge(i)} = ${away(i)} < ${w}u${across > 1 ? ` && across == ${i < 0 ? 0 : across - 1}u` : ''};`,
      ),
    ].join('\n'),
    load: (row, at, inside) => `    var own${row} = vec4f();
${own(row, at, inside)}
${beside.map((i) => `    var far${row}_${i + before} = 0.0;\n    if (${inside} && ${edge(i)}) { far${row}_${i + before} = ${element(`${at} ${distance(i)}`)}; }`).join('\n')}
${Array.from({ length: before + QUAD + behind }, (_, j) => j - before)
  .map((i) => {
    const value =
      i >= 0 && i < QUAD
        ? `own${row}.${component(i)}`
        : across === 1
          ? `far${row}_${i + before}`
          : fromNeighbour(row, i)
    return `    let ${pixel(row, i)} = ${value};`
  })
  .join('\n')}`,
  }
}
