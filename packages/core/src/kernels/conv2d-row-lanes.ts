import type { ConvolutionSpec } from './convolution.ts'
import type { AdapterTraits } from './kernel.ts'

/** The subgroup size of an adapter on which it cannot vary; undefined elsewhere. */
export function fixedSubgroupSize({ subgroups }: AdapterTraits): number | undefined {
  return subgroups && subgroups.min === subgroups.max ? subgroups.min : undefined
}

/** Whether algorithms whose lanes are neighbouring pixels can compute a convolution: stride 1, one subgroup size. */
export function rowLanesApply({ stride }: ConvolutionSpec, adapter: AdapterTraits): boolean {
  return fixedSubgroupSize(adapter) !== undefined && stride[0] === 1 && stride[1] === 1
}

/**
 * How the lanes of a subgroup lie over an image, and how one lane gets the input that another has loaded.
 *
 * Lanes lie in rows of `across` output pixels, `down` rows of lanes over different strips of the image. A lane holds
 * `columns` pixels, `across` apart. The input is loaded in vectors e0, e1, ...: e<q> of a lane is the input column
 * `at<q>` = x0 + q * across + origin, where x0 is the lane's first output column.
 */
export interface RowLanes {
  readonly across: number
  readonly down: number
  readonly origin: number
  /** Input vectors to load for each input row. */
  readonly loads: number
  /** Groups of across * columns output pixels in a row. */
  readonly tiles: number
  /** WGSL for the input under output vector `column` at horizontal tap `tx`, from e0, e1, ...; undefined where it is all padding. */
  shifted(column: number, tx: number): string | undefined
  /** Declares what `shifted` uses, from `lane: u32` and `across: u32`, the place in the row of lanes. */
  readonly declarations: string
}

export function rowLanes(lanes: number, columns: number, { w, ow, s, dilation, padding }: ConvolutionSpec): RowLanes {
  let across = lanes
  while (across > 1 && (across / 2) * columns >= ow) across /= 2
  // Where a row of lanes holds a whole image row, what lies outside is padding and needs no load.
  const wholeRow = across * columns >= Math.max(ow, w)
  const origin = wholeRow ? 0 : -padding.left
  const loads = wholeRow ? columns : columns + Math.ceil(((s - 1) * dilation[1]) / across)
  const vector = (q: number): string | undefined => (q >= 0 && q < loads ? `e${q}` : undefined)
  const shiftOf = (tx: number): { shift: number; vectors: number } => {
    const distance = tx * dilation[1] - (padding.left + origin)
    const vectors = Math.floor(distance / across)
    return { shift: distance - vectors * across, vectors }
  }
  const shifts = new Set(Array.from({ length: s }, (_, tx) => shiftOf(tx).shift).filter((shift) => shift > 0))
  return {
    across,
    down: lanes / across,
    origin,
    loads,
    tiles: Math.ceil(ow / (across * columns)),
    shifted(column, tx) {
      const { shift, vectors } = shiftOf(tx)
      const [low, high] = [vector(column + vectors), vector(column + vectors + 1)]
      if (shift === 0) return low
      if (low === undefined && high === undefined) return undefined
      return `subgroupShuffle(select(${high ?? '0.0'}, ${low ?? '0.0'}, keeps${shift}), lane${shift})`
    },
    declarations: [...shifts]
      .map(
        (shift) => `  let keeps${shift} = across >= ${shift}u;
  let lane${shift} = lane - across + (across + ${shift}u) % ${across}u;`,
      )
      .join('\n'),
  }
}
