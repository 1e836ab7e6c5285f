import type { MapStatus } from '@noisescope/explain/trace'
import type { ChannelOrder, ChannelState, ImageName, RangeScope } from './analysis/index.ts'
import type { ComparisonTexts } from './comparison/comparison-texts.ts'
import type { LiveTexts } from './live-controls/live-texts.ts'
import { counted, percent, shown } from './numbers.ts'
import type { ScoreTexts } from './scores/score-texts.ts'
import type { Arrangement, TargetImage } from './state.ts'
import type { TrainingTexts } from './training/training-texts.ts'
import type { Tool } from './ui/scene.ts'

/** The words that the element shows or speaks from the start. Set some of them as `texts` to have them in another language. */
export const english = {
  viewer: 'Activation viewer',
  images: 'Images',
  imageNames: {
    clean: 'Clean',
    noisy: 'Noisy',
    denoised: 'Denoised',
    residual: 'Residual',
    noise: 'True noise',
    error: 'Error',
  } satisfies Record<ImageName, string> as Readonly<Record<ImageName, string>>,
  imageMeanings: {
    clean: 'the image without noise',
    noisy: 'what the network is given',
    denoised: 'what the network makes of it',
    residual: 'noisy − denoised: what was removed',
    noise: 'noisy − clean: what should be removed',
    error: 'denoised − clean: what went wrong',
  } satisfies Record<ImageName, string> as Readonly<Record<ImageName, string>>,
  arrangement: 'Arrangement',
  arrangements: { 'side-by-side': 'Side by side', slider: 'Slider' } as Readonly<Record<Arrangement, string>>,
  pixel: (x: number, y: number) => `pixel ${x}, ${y}`,
  noPixel: 'Point at a pixel',
  place: (x: number, y: number) => `place ${x}, ${y}`,

  explanation: 'Explanation',
  method: 'Method',
  of: 'of the',
  ofNames: { denoised: 'denoised image', residual: 'residual' } as Readonly<Record<TargetImage, string>>,
  target: 'Target',
  targetPixel: (x: number, y: number) => `pixel ${x}, ${y}`,
  targetRegion: (count: number) => `region of ${counted(count)} pixels`,
  targetOf: (target: string, of: string) => `${target} of the ${of}`,
  targetChannel: (layer: string, channel: number) => `channel ${channel} of ${layer}`,
  targetPlace: (layer: string, channel: number, x: number, y: number) => `channel ${channel} of ${layer} at ${x}, ${y}`,
  useChannel: 'Explain this channel',
  tool: 'What the pointer does',
  tools: { pixel: 'Pick a pixel', region: 'Brush a region', noise: 'Add noise' } as Readonly<Record<Tool, string>>,
  brushSize: 'Brush',
  brushSizeText: (pixels: number) => `${pixels} pixels wide`,
  clearRegion: 'Clear',
  base: 'Image below',
  opacity: 'Opacity',
  map: 'Map',
  inputMap: 'input',
  stage: 'Pixel cursor',
  stageHelp:
    'Arrow keys move the cursor by a pixel, with Shift by ten; Enter explains the pixel; plus, minus and 0 zoom; Escape leaves.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomReset: 'Whole image',
  computing: 'Computing…',
  statuses: {
    ok: 'Map is sound',
    flat: 'The map is the same everywhere: it says nothing, so it is not drawn',
    'not-finite': 'The map holds NaN or infinity, so it is not drawn',
    saturated: 'The network’s end is saturated here: its gradient is nearly nothing, so take this map with care',
  } satisfies Record<MapStatus, string> as Readonly<Record<MapStatus, string>>,
  value: 'Value',
  completeness: 'Completeness',
  whole: 'Whole',
  wholeMeaning: 'what the parts should add up to: the value, or a difference of two',
  parts: 'Sum of the parts',
  gap: (gap: string) => `gap ${gap}`,
  share: (percent: string) => `${percent} of the whole`,
  gapMeaning: 'sum of the parts less the whole, and its share of the whole',
  noCompleteness: 'not claimed',
  values: {
    rowSum: 'Row sum',
    effectivePixels: 'Effective pixels',
    bias: 'Bias',
    every: 'Grid step',
    unanswered: 'Unanswered',
  } as Readonly<Record<string, string>>,
  valueMeanings: {
    rowSum: '1: the pixel’s brightness is kept',
    effectivePixels: 'over how many pixels it averages',
    bias: 'what the filter adds whatever the image',
  } as Readonly<Record<string, string>>,
  moreValues: (count: number) => `${count} more numbers`,
  nearestFilter: (x: number, y: number) => `Filter of the nearest recorded pixel, ${x}, ${y}.`,
  regionFilters: (count: number) => `Sum of the ${count} recorded filters in the region.`,
  regionMean: 'Mean of the region',
  onlyNumbers: 'The grid was recorded without its filters, so there are numbers and no map.',
  notRecorded: (method: string) => `This trace holds no ${method} of this target.`,
  howToRecord: (target: string) =>
    `Record one with noisescope explain --target ${target} or, for filters of many pixels, --method pixel-filter-grid:every=2:filters=true`,
  noExplanations: 'This trace holds no explanations.',
  noMaps: 'This explanation has no maps.',
  layerMaps: (method: string) => `beside each layer: ${method} of the target`,

  network: 'Network',
  parameters: (count: number) => `${counted(count)} parameters`,
  noParameters: 'no parameters',
  layers: (count: number) => `${count} layers`,
  shape: (shape: readonly number[]) => shape.join(' × '),
  sort: 'Channels by',
  sortings: { number: 'number', 'most-energy': 'most energy first', 'least-energy': 'least energy first' } as Readonly<
    Record<ChannelOrder, string>
  >,
  range: 'Colours span',
  ranges: { local: 'this map', layer: 'its layer', network: 'the network' } as Readonly<Record<RangeScope, string>>,
  channels: (layer: string) => `Channels of ${layer}`,
  channel: (channel: number) => `Channel ${channel}`,
  channelOf: (layer: string, channel: number) => `${layer}, channel ${channel}`,
  noChannel: 'Point at a channel',
  channelAt: (layer: string, channel: number, x: number, y: number, value: string) =>
    `${layer}, channel ${channel}, place ${x}, ${y}: ${value}`,
  energyText: (energy: string) => `energy ${energy}`,
  moreChannels: (count: number) => `+${count}`,
  channelStates: {
    live: '',
    dead: 'dead: zero everywhere',
    flat: 'flat: one value everywhere',
    'not-finite': 'holds NaN or infinity',
  } as Readonly<Record<ChannelState, string>>,
  units: { brightness: 'brightness, 0 to 1', activation: 'activation' },
  mapUnits: {
    '1': 'target per unit of brightness',
    target: 'share of the target',
    rescaled: 'rescaled, no unit',
    activation: 'activation',
    pixels: 'pixels',
    dB: 'dB of PSNR',
  } as Readonly<Record<string, string>>,
  noActivations: 'This trace holds no activations of this layer.',
  layerMap: (layer: string, method: string) => `${method} at ${layer}`,
  least: 'Least',
  greatest: 'Greatest',
  energy: 'Energy',
  energyMeaning: 'mean of the squares',
  quantised: (error: string) => `stored in eight bits, exact to ${error}`,
  histogram: (count: number, low: string, high: string) =>
    `Histogram of ${counted(count)} values from ${low} to ${high}`,
  previousChannel: 'Previous channel',
  nextChannel: 'Next channel',

  openTrace: 'Open a trace…',

  saveFigurePng: 'Figure (PNG)',
  saveFigureSvg: 'Figure (SVG)',
  saveTrace: 'Trace',
  copyLink: 'Copy link',
  linkCopied: 'The link is copied.',
  saved: (name: string) => `Saved ${name}.`,
  save: 'Save',

  poster: 'Nothing to look at yet',
  posterHelp: 'Drop a trace here, or open one.',
  loading: 'Loading…',
  bytes: (done: number, total: number) =>
    total > done ? `${megabytes(done)} of ${megabytes(total)} MB` : `${megabytes(done)} MB`,
  loaded: (name: string) => `${name} is open.`,
  failed: 'That did not work',
  retry: 'Try again',
  dismiss: 'Close',
  noWebGpu: 'This browser has no WebGPU, so nothing can be computed here. Recorded traces still work.',
  deviceLost: 'The graphics device was lost. What was computed is still shown.',
  dropHere: 'Drop it here',
  wrongFile: (name: string) => `${name} is neither an image nor a trace.`,
  imagesOnlyLive: 'An image can only be denoised by a live model; this element shows a recorded trace.',
  shown,
  counted,
  percent,
}

/** The words of the element, each a text, a function that makes one, or a table of such. */
export type Texts = typeof english

/** Every word, also those that are loaded when what they belong to is shown. */
type AllTexts = Texts & LiveTexts & TrainingTexts & ScoreTexts & ComparisonTexts

/** Words of one's own for some of these; tables may be given in part. */
export type OwnTexts = { readonly [Name in keyof AllTexts]?: InPart<AllTexts[Name]> }

type InPart<Text> = Text extends Readonly<Record<string, string>> ? Partial<Text> : Text

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

/** Words with some of them replaced, and tables in those parts that are given; what is not known is added. */
export function textsWith<Words extends object, Own extends object>(usual: Words, own: Own): Words & Own {
  const merged = Object.entries(own).map(([name, text]: [string, unknown]) => {
    const known: unknown = usual[name as keyof Words]
    return [name, typeof text === 'object' && typeof known === 'object' ? { ...known, ...text } : text]
  })
  return { ...usual, ...Object.fromEntries(merged) }
}
