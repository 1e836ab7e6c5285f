/** How values become colours. Values outside a scale take the colour of its nearer end. */
export type Scale = GreyScale | SequentialScale | SignedScale

/** From black to white, as images are. */
export interface GreyScale {
  readonly kind: 'grey'
  readonly low: number
  readonly high: number
}

/** From dark blue to yellow (viridis): for values of which more is more. */
export interface SequentialScale {
  readonly kind: 'sequential'
  readonly low: number
  readonly high: number
}

/** From `-limit` (blue) over 0 (nearly white) to `limit` (red): for values whose sign has a meaning. */
export interface SignedScale {
  readonly kind: 'signed'
  readonly limit: number
}

/** The scale of images: black is 0, white is 1. */
export const IMAGE_SCALE: GreyScale = { kind: 'grey', low: 0, high: 1 }

/** The values at the two ends of a scale. */
export function endsOf(scale: Scale): readonly [low: number, high: number] {
  return scale.kind === 'signed' ? [-scale.limit, scale.limit] : [scale.low, scale.high]
}
