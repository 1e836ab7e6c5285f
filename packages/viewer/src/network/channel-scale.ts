import type { TraceActivation } from '@noisescope/explain/trace'
import type { Scale } from '@noisescope/palettes'
import { activationRange, channelsOf, type RangeScope, scaleOf, unionOf } from '../analysis/index.ts'
import type { Scene } from '../ui/scene.ts'

/**
 * The colours of a channel; undefined for one that has nothing to show. Those of sides that are compared have the same, and
 * channels of a layer are all with or all without a sign.
 */
export function channelScale(
  { sides, state: { range } }: Pick<Scene, 'sides' | 'state'>,
  activation: TraceActivation,
  channel: number,
): Scale | undefined {
  if (channelsOf(activation)[channel]?.state !== 'live') return undefined
  const over = (scope: RangeScope) =>
    unionOf(
      sides.flatMap(({ frame }) =>
        frame.activations
          .filter(({ layer, shape: [channels = 0] }) => layer === activation.layer && channel < channels)
          .map((each) => activationRange(frame, each, channel, scope)),
      ),
    )
  const whole = over(range === 'local' ? 'layer' : range)
  return scaleOf(over(range), whole !== null && whole[0] < 0)
}
