import {
  decodeElements,
  openSafetensors,
  type StoredTensor,
  type WritableTensor,
  writeSafetensors,
} from '@noisescope/nn'
import type { Trace, TraceFrame } from '../src/trace/index.ts'

/** A tensor whose values look like noise between -0.5 and 0.5, and which are the same on every machine. */
export function tensorOf(shape: readonly number[], seed = 1): StoredTensor {
  const length = shape.reduce((a, b) => a * b, 1)
  return { shape, data: Float32Array.from({ length }, (_, i) => (((i + seed) * 7919) % 1009) / 1009 - 0.5) }
}

const IMAGE = [1, 4, 5] as const

const frameOf = (seed: number): TraceFrame => ({
  label: `after step ${seed}`,
  step: seed,
  denoised: tensorOf(IMAGE, seed),
  residual: tensorOf(IMAGE, seed + 1),
  error: tensorOf(IMAGE, seed + 2),
  activations: [
    { layer: 'conv', ...tensorOf([3, 4, 5], seed + 3), range: [-0.5, 0.5], dead: [] },
    { layer: 'pool', shape: [2, 2, 2], data: new Float32Array(8).fill(0.25, 0, 4), range: [0, 0.25], dead: [1] },
  ],
  explanations: [
    {
      method: 'pixel-filter',
      title: 'Pixel filter',
      options: { normalise: false, nested: { list: [1, 'two', null] } },
      target: { kind: 'pixel', of: 'denoised', text: 'pixel 2,1 of the denoised image', numbers: { x: 2, y: 1 } },
      value: 0.75,
      maps: [
        {
          name: 'input',
          title: 'row',
          ...tensorOf([4, 5], seed + 4),
          signed: true,
          units: '1',
          range: [-0.5, 0.5],
          status: 'ok',
        },
      ],
      completeness: { expected: 0.75, actual: 0.5, gap: -0.25, relative: 1 / 3 },
      values: { rowSum: 0.98, effectivePixels: null },
    },
    {
      method: 'layercam',
      title: 'LayerCAM',
      options: {},
      target: {
        kind: 'region',
        of: 'residual',
        text: 'a region of 3 pixels of the residual',
        numbers: {},
        masks: [{ name: 'region', ...tensorOf([4, 5], seed + 5) }],
      },
      maps: [
        {
          name: 'pool',
          ...tensorOf([1, 2, 2], seed + 6),
          signed: false,
          units: 'target',
          range: null,
          status: 'not-finite',
        },
      ],
      values: {},
    },
    {
      method: 'input-gradient',
      title: 'Input gradient',
      options: {},
      target: { kind: 'channel', of: 'conv', text: 'channel 2 of conv', numbers: { channel: 2 } },
      maps: [],
      values: {},
    },
  ],
  scores: [
    { name: 'F1 gap', value: 0.125, interval: [0.1, 0.15], units: '1', note: 'background minus core' },
    { name: 'average precision', value: null },
  ],
})

/** A trace of two frames in which every optional field is there. */
export const example: Trace = {
  createdBy: 'noisescope 0.1.0',
  date: '2026-01-02T03:04:05Z',
  source: {
    name: 'digit 7',
    noise: { settings: { kind: 'gaussian', sd: 0.1 }, text: 'Gaussian, sd = 0.1' },
    sigma: 0.1,
    seed: 42,
  },
  model: {
    name: 'tiny',
    options: { width: 3 },
    output: 'residual',
    parameters: 30,
    layers: [
      { name: 'conv', kind: 'Conv2D', shape: [3, 4, 5], parameters: 30 },
      { name: 'pool', kind: 'MaxPooling2D', shape: [2, 2, 2], parameters: 0 },
    ],
  },
  images: { noisy: tensorOf(IMAGE, 10), clean: tensorOf(IMAGE, 11), noise: tensorOf(IMAGE, 12) },
  frames: [frameOf(100), frameOf(200)],
  training: {
    steps: [1, 2, 5],
    loss: [0.5, null, 0.25],
    validation: { steps: [2, 5], values: [0.4, 0.3] },
  },
}

/** The least that a trace must say. */
export const smallest: Trace = {
  createdBy: 'a test',
  source: { name: 'a pixel' },
  model: { name: 'none', options: {}, output: 'clean', parameters: 0, layers: [] },
  images: { noisy: { shape: [1, 1, 1], data: Float32Array.of(0.5) } },
  frames: [{ activations: [], explanations: [], scores: [] }],
}

/** A trace's file taken apart, as JSON and tensors that a test may change. */
export interface Opened {
  readonly metadata: Record<string, string>
  readonly tensors: Map<string, WritableTensor>
  document: unknown
}

export function open(file: Uint8Array): Opened {
  const { metadata, tensors } = openSafetensors(file, 'test')
  return {
    metadata: { ...metadata },
    tensors: new Map(
      Array.from(tensors, ([name, { dtype, shape, bytes }]) => [
        name,
        { shape, data: dtype === 'U8' ? bytes : decodeElements(dtype, bytes) },
      ]),
    ),
    document: JSON.parse(metadata.trace ?? ''),
  }
}

export const close = ({ metadata, tensors, document }: Opened): Uint8Array =>
  writeSafetensors(tensors, { ...metadata, trace: JSON.stringify(document) })

/** Where a value stands in a document. */
export type Place = readonly (string | number)[]

/** A copy of the document with another value at a place; without it, where the value is undefined. */
export function replaced(document: unknown, place: Place, value: unknown): unknown {
  const copy: unknown = structuredClone(document)
  const [key] = place.slice(-1)
  if (key === undefined) return value
  let parent = copy as Record<string | number, unknown>
  for (const step of place.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>
  if (value === undefined) delete parent[key]
  else parent[key] = value
  return copy
}
