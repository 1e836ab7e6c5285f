import type { Trace, TraceActivation, TraceExplanation, TraceFrame, TraceMap } from '@noisescope/explain/trace'

/** A tensor that counts how often it was decoded. */
export function counted<T extends object>(
  description: T,
  values: readonly number[],
): T & { data: Float32Array; decoded: number } {
  const tensor = {
    ...description,
    decoded: 0,
    get data(): Float32Array {
      tensor.decoded++
      return Float32Array.from(values)
    },
  }
  return tensor
}

export const map = (parts: Partial<TraceMap>): TraceMap => ({
  name: 'input',
  shape: [1, 1],
  data: Float32Array.of(0),
  signed: false,
  units: '1',
  range: [0, 0],
  status: 'ok',
  ...parts,
})

export const explanationWith = (maps: TraceMap[]): TraceExplanation => ({
  method: 'fullgrad',
  title: 'FullGrad',
  options: {},
  target: { kind: 'pixel', of: 'denoised', text: 'pixel 0,0 of the denoised image', numbers: { x: 0, y: 0 } },
  maps,
  values: {},
})

export const activation = (parts: Partial<TraceActivation>): TraceActivation => ({
  layer: 'first',
  shape: [1, 1, 1],
  data: Float32Array.of(0),
  range: [0, 0],
  dead: [],
  ...parts,
})

export const frameWith = (parts: Partial<TraceFrame>): TraceFrame => ({
  activations: [],
  explanations: [],
  scores: [],
  ...parts,
})

/** Of a model with the layers 'first' and 'second', and a noisy image of 2 x 1 pixels. */
export const traceWith = (frame: TraceFrame, images: Partial<Trace['images']> = {}): Trace => ({
  createdBy: 'a test',
  source: { name: 'two pixels' },
  model: {
    name: 'tiny',
    options: {},
    output: 'clean',
    parameters: 12,
    layers: [
      { name: 'first', kind: 'conv2d', shape: [4, 1, 2], parameters: 8 },
      { name: 'second', kind: 'conv2d', shape: [1, 1, 2], parameters: 4 },
    ],
  },
  images: { noisy: { shape: [1, 1, 2], data: Float32Array.of(0.75, 0.25) }, ...images },
  frames: [frame],
})
