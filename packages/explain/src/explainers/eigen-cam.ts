import type { Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { firstSingularVector } from './first-singular-vector.ts'

/**
 * Eigen-CAM: what a layer puts out, projected onto the direction in its channels that most of it lies along. It asks what is
 * active, not what the target needs.
 *
 * A = U S V^T, pixels x channels, not centred
 * map = A v, with v the first column of V, its sign such that the map is positive where the activation is
 *
 * The map of a layer that is zero everywhere is zero, and so flat. It is signed unless nothing in it is below zero.
 * Values: `share NAME`, the part of the layer's sum of squares that the map stands for, 0..1.
 *
 * Source: Muhammad and Yeasin 2020, "Eigen-CAM: class activation map using principal components".
 */
export const eigenCam = (): Explainer => ({
  name: 'eigencam',
  title: 'Eigen-CAM',
  options: {},
  trace: ({ chosen }) => Object.fromEntries(chosen.map(({ name, activation }) => [name, activation])),
  explain: ({ layers }, traced) => {
    const found = [...layers].map(([name, [, channels = 1, height = 1, width = 1]]) => {
      const activation = traced[name] ?? new Float32Array()
      const { vector, share } = firstSingularVector(activation, channels)
      const data = projection(activation, vector, height * width)
      const signed = data.some((value) => value < 0)
      return { share, map: explanationMap({ name, shape: [height, width], data, signed, units: 'activation' }) }
    })
    return {
      maps: found.map(({ map }) => map),
      values: Object.fromEntries(found.map(({ share, map }) => [`share ${map.name}`, share])),
    }
  },
})

/** A v for every pixel, of A^T [channels, pixels]. */
function projection(data: Float32Array, vector: Float64Array, pixels: number): Float32Array {
  const map = new Float64Array(pixels)
  for (const [c, weight] of vector.entries())
    for (let p = 0; p < pixels; p++) map[p] = (map[p] as number) + weight * (data[c * pixels + p] as number)
  return Float32Array.from(map)
}
