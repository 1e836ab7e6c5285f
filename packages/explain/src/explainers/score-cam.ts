import { resizeBilinear } from '@noisescope/core'
import type { ExplainContext, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { imagesAt } from '../points.ts'

export interface ScoreCamOptions {
  /** Weights are the softmax over a layer's channels of the target's changes, as in the paper; false if not given. */
  readonly softmax?: boolean
  /** Keep only what raises the target; true if not given. Without it the map is signed. */
  readonly relu?: boolean
}

/** A range below this part of the largest value is float32's rounding: the channel is flat. */
const FLAT = 1e-6

/** A layer's activation where it is not of the image's size, interpolated to it. */
const atImageSize = (layer: string): string => `${layer} at image size`

/**
 * Score-CAM: channels weighed by what the target is where only they let the image through. No gradients.
 *
 * H_c = (U(A_c) - min U(A_c)) / (max U(A_c) - min U(A_c)), U bilinear to the image's size, the images' corners on each other
 * w_c = T(y H_c) - T(0), with 0 the image of zeros
 * map = ReLU(sum over c of w_c A_c)
 *
 * The paper takes the softmax of w over the channels, which for targets that are no class scores has no natural scale; it is
 * an option. A channel that is the same everywhere has weight 0 and no part in the softmax. One replay a channel, in batches,
 * over all layers that the session is asked about. Values: `zero image`, T(0).
 *
 * Source: Wang et al. 2020, "Score-CAM: score-weighted visual explanations for convolutional neural networks".
 */
export const scoreCam = ({ softmax = false, relu = true }: ScoreCamOptions = {}): Explainer => ({
  name: 'scorecam',
  title: 'Score-CAM',
  options: { softmax, relu },
  trace: ({ chosen, noisy: { shape } }) => {
    const [, , height = 1, width = 1] = shape
    return Object.fromEntries(
      chosen.flatMap(({ name, activation }) => {
        const [, , ownHeight, ownWidth] = activation.shape
        if (ownHeight === height && ownWidth === width) return [[name, activation]]
        return [
          [name, activation],
          [atImageSize(name), resizeBilinear(activation, [height, width])],
        ]
      }),
    )
  },
  explain: async (context, traced) => {
    const layers = [...context.layers].map(([name, [, channels = 1, height = 1, width = 1]]) => {
      const activation = traced[name] ?? new Float32Array()
      const large = traced[atImageSize(name)] ?? activation
      const windows = Array.from({ length: channels }, (_, c) => windowOf(activation, large, c, channels))
      return { name, activation, channels, height, width, windows }
    })
    const { weights, zeroImage } = await weightsOf(
      context,
      layers.map(({ windows }) => windows),
    )
    const maps = layers.map(({ name, activation, channels, height, width }, i) => {
      const own = softmax ? softmaxOf(weights[i] ?? []) : (weights[i] ?? []).map((weight) => weight ?? 0)
      const data = new Float32Array(height * width)
      for (let p = 0; p < data.length; p++) {
        let total = 0
        for (let c = 0; c < channels; c++) total += (own[c] as number) * (activation[c * data.length + p] as number)
        data[p] = relu && total < 0 ? 0 : total
      }
      const units = softmax ? 'activation' : 'target x activation'
      return explanationMap({ name, shape: [height, width], data, signed: !relu, units })
    })
    return { maps, values: { 'zero image': zeroImage } }
  },
})

/** What lets the image through where a channel is active: the channel at the image's size, and its range. */
interface Window {
  readonly values: Float32Array
  readonly least: number
  readonly greatest: number
}

/** The window of a channel; undefined where the channel is flat, or not finite. */
function windowOf(
  activation: Float32Array,
  large: Float32Array,
  channel: number,
  channels: number,
): Window | undefined {
  const [least, greatest] = rangeOf(channelOf(activation, channel, channels))
  const varies = greatest - least > FLAT * Math.max(Math.abs(least), Math.abs(greatest))
  if (!varies || !Number.isFinite(greatest - least)) return undefined
  const values = channelOf(large, channel, channels)
  const [low, high] = rangeOf(values)
  // Interpolated to very few pixels, even a channel that varies can be flat.
  return high > low ? { values, least: low, greatest: high } : undefined
}

function channelOf(data: Float32Array, channel: number, channels: number): Float32Array {
  const pixels = data.length / channels
  return data.subarray(channel * pixels, (channel + 1) * pixels)
}

/** NaN in the values makes both ends NaN. */
function rangeOf(values: Float32Array): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)]
  return [least, greatest]
}

/** w_c of every channel of every layer, undefined for those without a window, and T(0). */
async function weightsOf(
  { noisy, values }: ExplainContext,
  layers: readonly (readonly (Window | undefined)[])[],
): Promise<{ weights: (number | undefined)[][]; zeroImage: number }> {
  const open = layers.flat().filter((window) => window !== undefined)
  const targets = await values(
    imagesAt(1 + open.length, (index) => {
      const window = open[index - 1]
      return window === undefined ? new Float32Array(noisy.length) : through(noisy, window)
    }),
  )
  const [zeroImage = Number.NaN] = targets
  let next = 1
  const weights = layers.map((windows) =>
    windows.map((window) => (window === undefined ? undefined : (targets[next++] ?? Number.NaN) - zeroImage)),
  )
  return { weights, zeroImage }
}

/** y H: every channel of the image multiplied by the window at 0..1. */
const through = (noisy: Float32Array, { values, least, greatest }: Window): Float32Array =>
  noisy.map((value, i) => (value * ((values[i % values.length] as number) - least)) / (greatest - least))

/** exp(w_c) over the sum of all, with the greatest w subtracted so that none overflows; 0 where there is no weight. */
function softmaxOf(weights: readonly (number | undefined)[]): number[] {
  const greatest = Math.max(...weights.filter((weight) => weight !== undefined))
  const powers = weights.map((weight) => (weight === undefined ? 0 : Math.exp(weight - greatest)))
  const total = powers.reduce((a, b) => a + b, 0)
  return total === 0 ? powers : powers.map((power) => power / total)
}
