import { InputError } from '@noisescope/core'
import type { Figure } from './figure.ts'
import { lineHeight, wrapped } from './font.ts'
import { type LayerActivation, type LayerPlan, planLayer } from './layer-plan.ts'
import { drawSection, type GridStyle, sectionHeight, sectionWidth } from './layer-section.ts'
import { MUTED, Page, type TextStyle } from './page.ts'

/** Grids of a page with one layer, for few and for many channels: the fewer, the larger. */
const ONE_CHANNEL: GridStyle = { columns: 1, tile: 448, gap: 16, labelSize: 13 }
const FEW_CHANNELS: GridStyle = { columns: 4, tile: 224, gap: 16, labelSize: 13 }
const MANY_CHANNELS: GridStyle = { columns: 8, tile: 120, gap: 16, labelSize: 12 }

/** Grids of the page with all layers, 1,300 and 1,600 pixels wide: the second where the first would get too long. */
const ROOMY: GridStyle = { columns: 16, tile: 56, gap: 14, labelSize: 10 }
const COMPACT: GridStyle = { columns: 32, tile: 36, gap: 8, labelSize: 10 }
/** Rows of channels beyond which a roomy page would be longer than about 4,000 pixels. */
const MOST_ROOMY_ROWS = 48

const MARGIN = 36
const SECTION_GAP = 30
const TITLE: TextStyle = { size: 20, bold: true }
const INTRODUCTION: TextStyle = { size: 13, colour: MUTED }

/** Options of the pages of activation maps. */
export interface ActivationGridOptions {
  /** Above everything else, for example which network and which image. */
  readonly title?: string | undefined
}

/**
 * A page with every channel of one layer for one image, on one colour scale with its bar. Dead channels are hatched and
 * named, channels that are flat or not finite are named.
 * @throws {ShapeError} when the layer's values or its dead channels do not fit its shape.
 * @throws {InputError} when a size is not a positive whole number.
 */
export function activationGrid(layer: LayerActivation, options: ActivationGridOptions = {}): Figure {
  const [channels] = layer.shape
  const style = channels === 1 ? ONE_CHANNEL : channels <= 8 ? FEW_CHANNELS : MANY_CHANNELS
  return pageOf([planLayer(layer, style.tile)], style, options.title)
}

/**
 * One page, 1,200 to 1,600 pixels wide, with every channel of every layer for one image, in the order given; each layer
 * has its own colour scale. Otherwise as {@link activationGrid}.
 * @throws {InputError} when there is no layer, or a size is not a positive whole number.
 * @throws {ShapeError} when a layer's values or its dead channels do not fit its shape.
 */
export function activationOverview(layers: readonly LayerActivation[], options: ActivationGridOptions = {}): Figure {
  if (layers.length === 0) throw new InputError('there is no layer to draw; expected at least one')
  const rows = layers.reduce((sum, { shape: [channels] }) => sum + Math.ceil(channels / ROOMY.columns), 0)
  const style = rows <= MOST_ROOMY_ROWS ? ROOMY : COMPACT
  return pageOf(
    layers.map((layer) => planLayer(layer, style.tile)),
    style,
    options.title,
  )
}

function pageOf(plans: readonly LayerPlan[], style: GridStyle, title = ''): Figure {
  const width = sectionWidth(style)
  const lines = title === '' ? [] : wrapped(title, TITLE, width)
  const introduction = plans.length > 1 ? wrapped(introductionOf(plans), INTRODUCTION, width) : []
  const headingHeight = lines.length * lineHeight(TITLE) + introduction.length * lineHeight(INTRODUCTION)
  const sectionsTop = MARGIN + headingHeight + (headingHeight > 0 ? SECTION_GAP / 2 : 0)
  const heights = plans.map((plan) => sectionHeight(plan, style, width))
  const sectionsHeight = heights.reduce((sum, height) => sum + height, 0) + (plans.length - 1) * SECTION_GAP
  const page = new Page(width + 2 * MARGIN, sectionsTop + sectionsHeight + MARGIN)

  page.paragraph(lines, MARGIN, MARGIN, TITLE)
  page.paragraph(introduction, MARGIN, MARGIN + lines.length * lineHeight(TITLE), INTRODUCTION)
  let top = sectionsTop
  plans.forEach((plan, i) => {
    drawSection(page, plan, style, MARGIN, top, width)
    top += (heights[i] ?? 0) + SECTION_GAP
  })
  return page.figure()
}

function introductionOf(plans: readonly LayerPlan[]): string {
  const channels = plans.flatMap((plan) => plan.channels)
  const dead = channels.filter((channel) => channel.state === 'dead').length
  return (
    `${plans.length} layers with ${channels.length} channels, each layer on its own colour scale. ` +
    (dead === 0 ? 'No channel is dead.' : `${dead} dead channels are hatched and named.`)
  )
}
