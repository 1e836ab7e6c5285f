import { InputError } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext, Explainer } from '../explainer.ts'
import { type ExplanationMap, explanationMap } from '../map.ts'
import type { Target } from '../targets.ts'
import { filterWidth } from './filter-width.ts'

export interface PixelFilterGridOptions {
  /** Pixels from one place of the grid to the next, along both axes; 4 if not given. The grid is in the image's middle. */
  readonly every?: number
  /** Gives the filters themselves too, a map 'filter x,y' for each place; false if not given. */
  readonly filters?: boolean
}

/**
 * Pixel filters for a grid of pixels of the denoised image, or of the residual where the target is of it: how the denoiser
 * averages differs from place to place, and shows as its sum and its width. Of colour images each filter is of the mean of the
 * channels. Which pixel or region the target weighs does not matter.
 *
 * A_i = df_i / dy; row sum = sum over j of A_ij; effective pixels = 1 / sum over j of A_ij^2
 *
 * Effective pixels are 0 where a filter hardly answers, see `filterWidth`.
 *
 * Maps: 'row sum' and 'effective pixels', [rows, columns] of the grid. Values: `x`, `y` of its first place, `every`, and
 * `unanswered`, the number of places whose filter hardly answers.
 *
 * Source: Mohan et al. 2020, "Robust and interpretable blind image denoising via bias-free convolutional neural networks".
 * @throws InputError when `every` is no whole number from 1 up, or the target is not linear in an image.
 */
export function pixelFilterGrid({ every = 4, filters = false }: PixelFilterGridOptions = {}): Explainer {
  checkWhole('pixel-filter-grid', 'every', every)
  return {
    name: 'pixel-filter-grid',
    title: 'Pixel filters on a grid',
    options: { every, filters },
    explain: async (context) => {
      const { channels, width, height, noisy, held } = context
      checkLinear(held.target)
      const [columns, rows] = [placesAlong(width, every), placesAlong(height, every)]
      const places = rows.flatMap((y) => columns.map((x) => ({ x, y })))
      const sums = new Float32Array(places.length)
      const effective = new Float32Array(places.length)
      const maps: ExplanationMap[] = []
      const shape = channels === 1 ? [height, width] : [channels, height, width]
      const points = {
        count: places.length,
        at: (index: number) => ({ image: noisy, weights: pixelWeights(context, places[index] ?? { x: 0, y: 0 }) }),
      }
      await held.gradients(points, (filter, _, index) => {
        const { rowSum, effectivePixels } = filterWidth(filter)
        sums[index] = rowSum
        effective[index] = effectivePixels
        if (!filters) return
        const name = `filter ${places[index]?.x},${places[index]?.y}`
        maps.push(explanationMap({ name, shape, data: filter.slice(), signed: true, units: '1' }))
      })
      const grid = { shape: [rows.length, columns.length] }
      return {
        maps: [
          explanationMap({ ...grid, name: 'row sum', data: sums, signed: true, units: '1' }),
          explanationMap({ ...grid, name: 'effective pixels', data: effective, signed: false, units: 'pixels' }),
          ...maps,
        ],
        values: {
          x: columns[0] ?? 0,
          y: rows[0] ?? 0,
          every,
          unanswered: effective.filter((pixels) => pixels === 0).length,
        },
      }
    },
  }
}

/** Other targets weigh their own slopes in, which would make the rows into something else. */
function checkLinear({ form, of, text }: Target): void {
  if (typeof of === 'string' && form === `linear in ${of}`) return
  throw new InputError(
    `pixel-filter-grid takes the rows of an image that the target is linear in; "${text}" is not; expected a pixel, a region or a contrast`,
  )
}

/** Every so many pixels, with equal margins on both sides (the odd pixel at the end). */
function placesAlong(length: number, every: number): number[] {
  const first = Math.floor(((length - 1) % every) / 2)
  return Array.from({ length: Math.floor((length - 1 - first) / every) + 1 }, (_, i) => first + i * every)
}

/** Weights of the mean of a pixel's channels. */
function pixelWeights({ channels, width, height }: ExplainContext, { x, y }: { x: number; y: number }): Float32Array {
  const weights = new Float32Array(channels * width * height)
  for (let channel = 0; channel < channels; channel++) weights[(channel * height + y) * width + x] = 1 / channels
  return weights
}
