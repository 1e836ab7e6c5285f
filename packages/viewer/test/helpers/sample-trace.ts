import {
  rangeOf,
  type Trace,
  type TraceExplanation,
  type TraceFrame,
  type TraceMap,
  writeTrace,
} from '@noisescope/explain/trace'

/** Sides of the sample's image. */
export const WIDTH = 12
export const HEIGHT = 10

/** Reach of the box filter that denoises, and its pixels: a mean over 3x3, of which those beyond the image are black. */
const REACH = 1
const BOX = (2 * REACH + 1) ** 2

/** From one place of the sample's grid of pixel filters to the next; the first is at 1,1. */
export const EVERY = 2
const FIRST = 1

const each = (of: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => of(i % WIDTH, Math.floor(i / WIDTH)))

/** A bright rectangle on black. */
const clean = each((x, y) => (x >= 3 && x < 9 && y >= 2 && y < 8 ? 0.75 : 0))
/** A few white and black pixels. */
export const noisy = each((x, y) => {
  const draw = (x * 7 + y * 13) % 17
  return draw === 0 ? 1 : draw === 1 ? 0 : (clean[y * WIDTH + x] as number)
})

/** The row of the denoiser for a pixel: the weight of each pixel of the input. */
export const filterOf = (x: number, y: number, strength = 1): Float32Array =>
  each((i, j) => (Math.abs(i - x) <= REACH && Math.abs(j - y) <= REACH ? strength / BOX : 0))

const product = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0)

const difference = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - (b[i] as number))
const image = (data: Float32Array) => ({ shape: [1, HEIGHT, WIDTH], data })

const mapOf = (
  name: string,
  shape: readonly number[],
  data: Float32Array,
  signed: boolean,
  units: string,
): TraceMap => {
  const range = rangeOf(data)
  return { name, shape, data, signed, units, range, status: range?.[0] === range?.[1] ? 'flat' : 'ok' }
}

/** Whole numbers from FIRST on, EVERY apart. */
const along = (length: number): number[] =>
  Array.from({ length: Math.floor((length - 1 - FIRST) / EVERY) + 1 }, (_, i) => FIRST + i * EVERY)

/** A frame of a denoiser that is the box filter times a strength. */
function frameOf(strength: number, step: number): TraceFrame {
  const denoised = each((x, y) => product(filterOf(x, y, strength), noisy))
  const conv = Float32Array.from({ length: 6 * WIDTH * HEIGHT }, (_, i) => {
    const channel = Math.floor(i / (WIDTH * HEIGHT))
    return channel === 4 ? 0 : strength * channel * (denoised[i % (WIDTH * HEIGHT)] as number)
  })
  const pool = Float32Array.from({ length: 3 * 5 * 6 }, (_, i) => Math.sin(strength * i))
  const target = {
    kind: 'pixel',
    of: 'denoised',
    text: 'pixel 5,4 of the denoised image',
    numbers: { x: 5, y: 4 },
  } as const
  const value = denoised[4 * WIDTH + 5] as number
  const filter = filterOf(5, 4, strength)
  const [columns, rows] = [along(WIDTH), along(HEIGHT)]
  const places = rows.flatMap((y) => columns.map((x) => ({ x, y, filter: filterOf(x, y, strength) })))
  const explanations: TraceExplanation[] = [
    {
      method: 'pixel-filter',
      title: 'Pixel filter',
      options: {},
      target,
      value,
      maps: [mapOf('input', [HEIGHT, WIDTH], filter, true, '1')],
      completeness: { expected: value, actual: value + 0.001, gap: 0.001, relative: 0.001 / value },
      values: { rowSum: total(filter), effectivePixels: 1 / product(filter, filter), bias: 0 },
    },
    {
      method: 'layercam',
      title: 'LayerCAM',
      options: {},
      target,
      value,
      maps: [
        mapOf(
          'conv',
          [HEIGHT, WIDTH],
          each((x, y) => 1 / (1 + (x - 5) ** 2 + (y - 4) ** 2)),
          false,
          'target',
        ),
        mapOf(
          'pool',
          [5, 6],
          Float32Array.from({ length: 30 }, (_, i) => i),
          false,
          'target',
        ),
      ],
      values: {},
    },
    {
      method: 'gradcam',
      title: 'Grad-CAM',
      options: {},
      target,
      value,
      maps: [mapOf('conv', [HEIGHT, WIDTH], new Float32Array(WIDTH * HEIGHT), false, 'target')],
      values: {},
    },
    {
      method: 'pixel-filter-grid',
      title: 'Pixel filters on a grid',
      options: { every: EVERY, filters: true },
      target,
      maps: [
        {
          ...mapOf(
            'input',
            [rows.length, columns.length],
            Float32Array.from(places, (place) => total(place.filter)),
            true,
            '1',
          ),
          title: 'row sum',
        },
        {
          ...mapOf(
            'input',
            [rows.length, columns.length],
            Float32Array.from(places, (place) => 1 / product(place.filter, place.filter)),
            false,
            'pixels',
          ),
          title: 'effective pixels',
        },
        ...places.map((place) => ({
          ...mapOf('input', [HEIGHT, WIDTH], place.filter, true, '1'),
          title: `filter ${place.x},${place.y}`,
        })),
      ],
      values: { x: FIRST, y: FIRST, every: EVERY, unanswered: 0 },
    },
  ]
  return {
    label: `after ${step} steps`,
    step,
    denoised: image(denoised),
    residual: image(difference(noisy, denoised)),
    error: image(difference(denoised, clean)),
    activations: [
      { layer: 'conv', shape: [6, HEIGHT, WIDTH], data: conv, range: rangeOf(conv), dead: [0, 4] },
      { layer: 'pool', shape: [3, 5, 6], data: pool, range: rangeOf(pool), dead: [] },
    ],
    explanations,
    scores: [
      { name: 'F1 gap', value: 0.125, interval: [0.1, 0.15], units: '1', note: 'background minus core' },
      { name: 'average precision', value: null },
    ],
  }
}

/** A trace of two states of a box filter, small enough to know every number of. */
export const sampleTrace: Trace = {
  createdBy: 'a test',
  source: {
    name: 'rectangle',
    noise: { settings: { kind: 'salt-and-pepper', amount: 0.1 }, text: 'salt-and-pepper, p = 0.1' },
    seed: 1,
  },
  model: {
    name: 'box filter',
    options: {},
    output: 'clean',
    parameters: 60,
    layers: [
      { name: 'conv', kind: 'Conv2D', shape: [6, HEIGHT, WIDTH], parameters: 60 },
      { name: 'pool', kind: 'MaxPooling2D', shape: [3, 5, 6], parameters: 0 },
    ],
  },
  images: { noisy: image(noisy), clean: image(clean), noise: image(difference(noisy, clean)) },
  frames: [frameOf(1, 100), frameOf(0.5, 200)],
  training: {
    steps: Array.from({ length: 100 }, (_, i) => 2 * (i + 1)),
    loss: Array.from({ length: 100 }, (_, i) => 1 / (1 + i) + 0.01 * Math.sin(i * i)),
    validation: { steps: [50, 100, 150, 200], values: [0.1, 0.05, 0.03, 0.02] },
  },
}

export const sampleFile = (trace: Trace = sampleTrace): Uint8Array => writeTrace(trace, { activations: 'float32' })
