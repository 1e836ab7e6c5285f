import { expect } from 'vitest'
import type { Box, Figure, LayerActivation, Raster } from '../src/figures/index.ts'

/** Red, green and blue of a pixel. */
export function pixel({ width, data }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

/** The only picture of a figure with this name. */
export function tileOf(figure: Figure, name: string): Box {
  const found = figure.tiles.filter((tile) => tile.name === name)
  expect(found, `pictures named ${name}`).toHaveLength(1)
  return found[0] as Box
}

/** All texts of a figure. */
export function textsOf(figure: Figure): string[] {
  return figure.labels.map(({ text }) => text)
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
const around = (outer: Box, inner: Box): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height

/**
 * Fails when a text or picture is cut by the page's edge, or covers another; a text wholly inside a picture is meant.
 */
export function expectTidy(figure: Figure): void {
  const parts = [
    ...figure.labels.map((label) => ({ ...label, what: `"${label.text}"`, isText: true })),
    ...figure.tiles.map((tile) => ({ ...tile, what: tile.name, isText: false })),
  ]
  const page = { x: 0, y: 0, width: figure.width, height: figure.height }
  expect(
    parts.filter((part) => !around(page, part)).map(({ what }) => what),
    'cut by the edge',
  ).toEqual([])
  const collisions = parts.flatMap((a, i) =>
    parts
      .slice(i + 1)
      .filter((b) => overlap(a, b) && !(a.isText !== b.isText && (around(a, b) || around(b, a))))
      .map((b) => `${a.what} and ${b.what}`),
  )
  expect(collisions, 'drawn over each other').toEqual([])
}

/** A layer whose channel c holds a ramp up to c + 1. */
export function rampLayer(
  name: string,
  shape: readonly [number, number, number],
  dead: number[] = [],
): LayerActivation {
  const [channels, height, width] = shape
  const size = height * width
  const data = Float32Array.from({ length: channels * size }, (_, i) => {
    const channel = Math.floor(i / size)
    return dead.includes(channel) ? 0 : ((channel + 1) * (i % size)) / Math.max(size - 1, 1)
  })
  return { name, shape, data, dead }
}
