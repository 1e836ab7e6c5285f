import type { MomentAttributes } from '../kernels/attributes.ts'
import { reduce } from './reduce.ts'
import type { Values } from './values.ts'

const CHANNEL_AXES = [0, 2, 3]

/** Mean, or mean squared distance from it, of each channel of x [n, c, h, w]: [1, c, 1, 1]. */
export function channelMoment([x]: readonly Values[], { which }: MomentAttributes): Values {
  if (x === undefined) throw new Error('a moment needs its input')
  const [, channels = 1, ...plane] = x.shape
  const pixels = plane.reduce((product, size) => product * size, 1)
  const count = x.data.length / channels
  const mean = (values: Values): Values => {
    const { shape, data } = reduce([values], { kind: 'sum', axes: CHANNEL_AXES })
    return { shape, data: data.map((total) => total / count) }
  }
  const means = mean(x)
  if (which === 'mean') return means
  const squares = x.data.map((value, i) => (value - (means.data[Math.floor(i / pixels) % channels] ?? 0)) ** 2)
  return mean({ shape: x.shape, data: squares })
}
