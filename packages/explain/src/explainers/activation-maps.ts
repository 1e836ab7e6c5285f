import { abs, InputError, mean, sqrt, square, sum } from '@noisescope/core'
import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'

export interface ActivationMapsOptions {
  /** 'all' (if not given): every channel, [c, h, w]; 'energy': one map [h, w], the root mean square over the channels. */
  readonly channels?: 'all' | 'energy'
}

const CHANNELS: readonly string[] = ['all', 'energy']

/** Sum of |A| over each channel of a layer, [1, c, 1, 1]: 0 where the channel is dead. */
const magnitudes = (layer: string): string => `${layer} magnitudes`

/**
 * Activation maps: what every layer puts out at the image, A, or how much of it there is at each place,
 *
 * energy = sqrt(mean over c of A_c^2)
 *
 * Maps are signed unless nothing in them is below zero. Values: `dead NAME`, the number of channels of the layer that are zero
 * at every place of this image.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", section 4 (feature maps as images).
 * @throws InputError when `channels` is neither.
 */
export function activationMaps({ channels = 'all' }: ActivationMapsOptions = {}): Explainer {
  if (!CHANNELS.includes(channels)) {
    throw new InputError(`activation-maps: there is no ${channels} of the channels; expected ${CHANNELS.join(' or ')}`)
  }
  return {
    name: 'activation-maps',
    title: 'Activation maps',
    options: { channels },
    trace: ({ chosen }) =>
      Object.fromEntries(
        chosen.flatMap(({ name, activation }) => [
          [name, channels === 'all' ? activation : sqrt(mean(square(activation), [1]))],
          [magnitudes(name), sum(abs(activation), [2, 3])],
        ]),
      ),
    explain: ({ layers }, traced) => ({
      maps: [...layers].map(([name, [, ...shape]]) => {
        const data = traced[name] ?? new Float32Array()
        const signed = data.some((value) => value < 0)
        return explanationMap({
          name,
          shape: channels === 'all' ? shape : shape.slice(1),
          data,
          signed,
          units: 'activation',
        })
      }),
      values: Object.fromEntries(
        [...layers.keys()].map((name) => [
          `dead ${name}`,
          (traced[magnitudes(name)] ?? new Float32Array()).filter((magnitude) => magnitude === 0).length,
        ]),
      ),
    }),
  }
}
