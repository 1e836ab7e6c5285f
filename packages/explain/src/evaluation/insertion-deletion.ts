import { InputError } from '@noisescope/core'
import { areaUnderCurve } from '@noisescope/metrics'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext } from '../explainer.ts'
import { permutation } from '../explainers/permutation.ts'
import type { ExplanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'
import type { ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'
import { type AskOptions, ask } from './ask.ts'
import { pixelValues } from './map-values.ts'

export interface InsertionDeletionOptions extends AskOptions {
  /** Points of a curve, from no pixel exchanged to all, at most one more than there are pixels; 21 if not given. */
  readonly steps?: number
  /**
   * 'magnitude' (if not given): pixels of the greatest |map| first, and the size of the target's change counts. 'signed': pixels
   * of the greatest map first, for maps that say how much a pixel's noise raised the target (noise path, occlusion by clean
   * values); then the change counts with its sign.
   */
  readonly order?: 'magnitude' | 'signed'
  /** Random orders to compare with; 5 if not given. */
  readonly randomOrders?: number
  /** Of the random orders; 0 if not given. */
  readonly seed?: number
}

/** What the target does while pixels are exchanged in the order of a map. */
export interface ExchangeCurve {
  /** Share of the pixels that are exchanged, from 0 to 1. */
  readonly shares: readonly number[]
  /** T at each. */
  readonly values: readonly number[]
  /** How far T has changed from its start, so 0 first; see `InsertionDeletionOptions.order` for its sign. */
  readonly changes: readonly number[]
  /** Area under `changes`, in units of the target: the greater the sooner the pixels that matter were exchanged. */
  readonly area: number
  /** The mean of the same area for random orders, and its standard deviation among them. */
  readonly randomArea: number
  readonly randomDeviation: number
}

export interface InsertionDeletion {
  readonly deletion: ExchangeCurve
  readonly insertion: ExchangeCurve
}

/** The two ends of a curve. */
export const LEAST_STEPS = 2

/**
 * Deletion and insertion by oracle repair. What is taken out of a noisy image, or put in, is its noise, since zeros would be off
 * the distribution that a denoiser knows.
 *
 * Deletion starts at the noisy image y and gives the most important pixels their clean values first; insertion starts at the
 * clean image x and gives them their noisy values first. With y_k, x_k after k pixels:
 *
 * deletion: |T(y) - T(y_k)|, insertion: |T(x_k) - T(x)|; without the bars in 'signed' order
 *
 * area = (sum of the changes - half of the first and the last) / (steps - 1)
 *
 * A greater area is better in both, and an area near `randomArea` says that the order is no better than chance. In 'signed' order
 * no map has a greater area for a linear target than w_i (y_i - x_i). Pixels of colour images are exchanged with all channels.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: Randomized input sampling for explanation of black-box models".
 * @throws InputError when the clean image is not given, the map is not one of the image's pixels, or an option is unusable.
 */
export async function insertionDeletion(
  session: ExplainSession,
  subject: Subject,
  map: ExplanationMap,
  options: InsertionDeletionOptions = {},
): Promise<InsertionDeletion> {
  const { steps = 21, order: by = 'magnitude', randomOrders = 5, seed = 0 } = options
  return ask(
    session,
    subject,
    async (context) => {
      const what = 'insertion and deletion'
      const { noisy, width, height } = context
      const clean = context.clean(what)
      const pixels = width * height
      checkWhole(what, 'steps', steps, LEAST_STEPS)
      if (steps > pixels + 1)
        throw new InputError(`${what}: ${steps} steps for ${pixels} pixels; expected at most ${pixels + 1}`)
      checkWhole(what, 'randomOrders', randomOrders)
      const importance = pixelValues(map, context, { magnitudes: by === 'magnitude', what })
      const orders = [
        orderOf(importance),
        ...Array.from({ length: randomOrders }, (_, i) => permutation(pixels, seed, i)),
      ]
      const counts = Array.from({ length: steps }, (_, i) => Math.round((i * pixels) / (steps - 1)))
      const signed = by === 'signed'
      const sides = { context, orders, counts, signed }
      return {
        deletion: await exchange({ ...sides, from: noisy, to: clean, direction: -1 }),
        insertion: await exchange({ ...sides, from: clean, to: noisy, direction: 1 }),
      }
    },
    options,
  )
}

/** Pixels from the greatest value down; of equal ones the first. */
const orderOf = (importance: Float64Array): Uint32Array =>
  Uint32Array.from(importance, (_, i) => i).sort(
    (a, b) => (importance[b] as number) - (importance[a] as number) || a - b,
  )

interface Exchange {
  readonly context: ExplainContext
  /** The map's order, then the random ones. */
  readonly orders: readonly Uint32Array[]
  readonly counts: readonly number[]
  readonly signed: boolean
  readonly from: Float32Array
  readonly to: Float32Array
  /** 1 where an important pixel raises T when it is exchanged, -1 where it lowers it. */
  readonly direction: 1 | -1
}

async function exchange({ context, orders, counts, signed, from, to, direction }: Exchange): Promise<ExchangeCurve> {
  const pixels = context.width * context.height
  const steps = counts.length
  const imageAt = (index: number): Float32Array => {
    const image = from.slice()
    const order = orders[Math.floor(index / steps)] ?? new Uint32Array()
    for (const pixel of order.subarray(0, counts[index % steps]))
      for (let i = pixel; i < image.length; i += pixels) image[i] = to[i] as number
    return image
  }
  const all = await context.held.values(imagesAt(orders.length * steps, imageAt))
  const curves = orders.map((_, i) => {
    const values = [...all.subarray(i * steps, (i + 1) * steps)]
    const changes = values.map((value) => {
      const change = direction * (value - (values[0] as number))
      return signed ? change : Math.abs(change)
    })
    return { values, changes, area: areaUnderCurve(changes) }
  })
  const [{ values, changes, area } = { values: [], changes: [], area: Number.NaN }, ...random] = curves
  const randomArea = mean(random.map((curve) => curve.area))
  return {
    shares: counts.map((count) => count / pixels),
    values,
    changes,
    area,
    randomArea,
    randomDeviation: Math.sqrt(mean(random.map((curve) => (curve.area - randomArea) ** 2))),
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
