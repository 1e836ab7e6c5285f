import type { StoredTensor, WritableTensor } from '@noisescope/nn'
import { quantise } from './quantise.ts'
import type {
  Trace,
  TraceActivation,
  TraceExplanation,
  TraceFrame,
  TraceMap,
  TraceModel,
  TraceScore,
  TraceTarget,
  TrainingHistory,
} from './types.ts'

/** Where the tensors of a description go. */
export interface Parts {
  /** By their place in the document. */
  readonly tensors: Map<string, WritableTensor>
  /** Activations in eight bits. */
  readonly quantised: boolean
}

/**
 * The JSON document of a trace. Its properties are named one by one, so that their order, and with it every byte of the
 * file, does not depend on how the trace was put together. JSON leaves out those that are undefined.
 */
export const describeTrace = (trace: Trace, parts: Parts): unknown => ({
  createdBy: trace.createdBy,
  date: trace.date,
  source: {
    name: trace.source.name,
    noise: trace.source.noise && { settings: trace.source.noise.settings, text: trace.source.noise.text },
    sigma: trace.source.sigma,
    seed: trace.source.seed,
  },
  model: describeModel(trace.model),
  images: {
    noisy: put(parts, 'images.noisy', trace.images.noisy),
    clean: put(parts, 'images.clean', trace.images.clean),
    noise: put(parts, 'images.noise', trace.images.noise),
  },
  frames: trace.frames.map((frame, i) => describeFrame(frame, `frames[${i}]`, parts)),
  training: trace.training && describeTraining(trace.training),
})

/** Adds a tensor, if there is one, and says where it is. */
function put(parts: Parts, place: string, tensor: StoredTensor | undefined): object | undefined {
  if (tensor === undefined) return undefined
  const { shape, data } = tensor
  parts.tensors.set(place, { shape, data })
  return { tensor: place, shape }
}

const describeModel = ({ name, options, output, parameters, layers }: TraceModel): unknown => ({
  name,
  options,
  output,
  parameters,
  layers: layers.map(({ name, kind, shape, parameters }) => ({ name, kind, shape, parameters })),
})

const describeFrame = (frame: TraceFrame, place: string, parts: Parts): unknown => ({
  label: frame.label,
  step: frame.step,
  denoised: put(parts, `${place}.denoised`, frame.denoised),
  residual: put(parts, `${place}.residual`, frame.residual),
  error: put(parts, `${place}.error`, frame.error),
  activations: frame.activations.map((activation, i) =>
    describeActivation(activation, `${place}.activations[${i}]`, parts),
  ),
  explanations: frame.explanations.map((explanation, i) =>
    describeExplanation(explanation, `${place}.explanations[${i}]`, parts),
  ),
  scores: frame.scores.map(describeScore),
})

function describeActivation(activation: TraceActivation, place: string, parts: Parts): unknown {
  const { layer, shape, data, range, dead, error = 0 } = activation
  const quantised = parts.quantised ? quantise({ shape, data }) : undefined
  if (quantised === undefined) {
    return {
      layer,
      ...put(parts, place, { shape, data }),
      range,
      dead,
      encoding: 'float32',
      error: activation.error,
    }
  }
  const { codes, scale, offset, error: added } = quantised
  const [scalePlace, offsetPlace] = [`${place}.scale`, `${place}.offset`]
  parts.tensors.set(place, { shape, data: codes })
  parts.tensors.set(scalePlace, { shape: [scale.length], data: scale })
  parts.tensors.set(offsetPlace, { shape: [offset.length], data: offset })
  return {
    layer,
    tensor: place,
    shape,
    range,
    dead,
    encoding: 'uint8',
    scale: scalePlace,
    offset: offsetPlace,
    // Of values that were in eight bits before, the errors may add up.
    error: error + added,
  }
}

const describeExplanation = (explanation: TraceExplanation, place: string, parts: Parts): unknown => ({
  method: explanation.method,
  title: explanation.title,
  options: explanation.options,
  target: describeTarget(explanation.target, `${place}.target`, parts),
  value: explanation.value,
  maps: explanation.maps.map((map, i) => describeMap(map, `${place}.maps[${i}]`, parts)),
  completeness: explanation.completeness && {
    expected: explanation.completeness.expected,
    actual: explanation.completeness.actual,
    gap: explanation.completeness.gap,
    relative: explanation.completeness.relative,
  },
  values: explanation.values,
})

const describeTarget = ({ kind, of, text, numbers, masks }: TraceTarget, place: string, parts: Parts): unknown => ({
  kind,
  of,
  text,
  numbers,
  masks: masks?.map((mask, i) => ({ name: mask.name, ...put(parts, `${place}.masks[${i}]`, mask) })),
})

const describeMap = (map: TraceMap, place: string, parts: Parts): unknown => ({
  name: map.name,
  title: map.title,
  ...put(parts, place, map),
  signed: map.signed,
  units: map.units,
  range: map.range,
  status: map.status,
})

const describeScore = ({ name, value, interval, units, note }: TraceScore): unknown => ({
  name,
  value,
  interval,
  units,
  note,
})

const describeTraining = ({ steps, loss, validation }: TrainingHistory): unknown => ({
  steps,
  loss,
  validation: validation && { steps: validation.steps, values: validation.values },
})
