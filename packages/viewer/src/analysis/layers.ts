import type { Trace, TraceActivation, TraceFrame, TraceLayer } from '@noisescope/explain/trace'

/** A layer of the model, and what it put out where that was recorded. */
export interface FoundLayer extends TraceLayer {
  /** Its place in the order of the layers, from 0. */
  readonly index: number
  readonly activation: TraceActivation | undefined
}

/** The model's layers in the order in which they run. Nothing is decoded. */
export function layersOf({ model }: Trace, { activations }: TraceFrame): FoundLayer[] {
  const recorded = new Map(activations.map((activation) => [activation.layer, activation]))
  return model.layers.map((layer, index) => ({ ...layer, index, activation: recorded.get(layer.name) }))
}
