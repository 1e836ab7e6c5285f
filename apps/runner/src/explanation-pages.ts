import type { Explanation, ExplanationMap, Target } from '@noisescope/explain'
import type { Image } from '@noisescope/images'
import type { ExplainedImage } from './explained-image.ts'
import { activationOverview, explanationPage, type Figure, type PageImage, type PageMap } from './figures/index.ts'

/** A figure and the name of its file, without an ending. */
export interface NamedFigure {
  readonly name: string
  readonly figure: Figure
}

/** A page for each explanation: the images, its maps with their scales, and its numbers. Activation maps have their own page. */
export function explanationPages(
  explanations: readonly Explanation[],
  image: ExplainedImage,
  denoised: Image,
): NamedFigure[] {
  const names = explanations.map(({ method }) => method)
  return explanations.map((explanation, i) => {
    const { method } = explanation
    const before = names.slice(0, i).filter((name) => name === method).length
    const name = before === 0 ? method : `${method}-${before + 1}`
    return { name, figure: pageOf(explanation, image, denoised) }
  })
}

function pageOf(explanation: Explanation, { name, noisy, clean }: ExplainedImage, denoised: Image): Figure {
  const { title, target, maps } = explanation
  const heading = `${title}: ${target.text} (${name})`
  const allChannels = maps.filter(isWholeLayer)
  if (allChannels.length > 0 && allChannels.length === maps.length) {
    const layers = maps.map(({ name: layer, shape, data }) => ({
      name: layer,
      shape: threeAxes(shape),
      data,
      dead: [],
    }))
    return activationOverview(layers, { title: heading })
  }
  const marked = markOf(target, noisy)
  const images: PageImage[] = [
    ...(clean === undefined ? [] : [imageOf('clean', clean, marked)]),
    imageOf('noisy', noisy, marked),
    imageOf('denoised', denoised, marked),
  ]
  return explanationPage({ title: heading, images, maps: maps.map(mapOf), notes: notesOf(explanation) })
}

/** All channels of a layer, rather than the colours of an image. */
const isWholeLayer = ({ name, shape }: ExplanationMap): boolean => name !== 'input' && shape.length === 3

function threeAxes(shape: readonly number[]): readonly [number, number, number] {
  const [c = 1, h = 1, w = 1] = shape
  return [c, h, w]
}

/** The rectangle around what a target is of; none where that is all of the image, or a layer. */
function markOf({ numbers = {}, masks = [], of }: Target, { width, height }: Image): PageImage['marked'] {
  const { x, y } = numbers
  if (typeof of === 'string' && x !== undefined && y !== undefined) return { x, y, width: 1, height: 1 }
  const [mask] = masks
  if (mask === undefined) return undefined
  const pixels = Array.from(mask.data, (inside, i) => (inside === 1 ? [i % width, Math.floor(i / width)] : [])).filter(
    (place) => place.length > 0,
  )
  const [columns, rows] = [pixels.map(([column = 0]) => column), pixels.map(([, row = 0]) => row)]
  const [left, top] = [least(columns), least(rows)]
  const box = { x: left, y: top, width: greatest(columns) - left + 1, height: greatest(rows) - top + 1 }
  return box.width === width && box.height === height ? undefined : box
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)

const imageOf = (
  heading: string,
  { width, height, channels, data }: Image,
  marked: PageImage['marked'],
): PageImage => ({
  heading,
  width,
  height,
  channels,
  data,
  marked,
})

const mapOf = ({ name, title, shape, data, signed, units, status }: ExplanationMap): PageMap => ({
  heading: title ?? (name === 'input' ? 'map over the input' : name),
  caption: shape.length === 3 ? 'sum over the colours' : undefined,
  shape,
  data,
  signed,
  units: unitsText(units),
  status,
})

const unitsText = (units: string): string => (units === '1' ? 'change of T per unit of brightness' : units)

function notesOf({ value, completeness, values = {} }: Explanation): string[] {
  const parts = Object.entries(values)
    .slice(0, 12)
    .map(([name, number]) => `${name} ${short(number)}`)
  return [
    `T = ${short(value)}.`,
    ...(completeness === undefined
      ? []
      : [
          `Completeness: the parts add up to ${short(completeness.actual)} of ${short(completeness.expected)} (gap ${short(completeness.gap)}).`,
        ]),
    ...(parts.length === 0 ? [] : [`${parts.join(', ')}.`]),
  ]
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
