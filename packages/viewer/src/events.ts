import type { FailureReason } from './failure.ts'
import type { Source } from './sources/source.ts'

/** Origin of a change: the user, or the page's own code. */
export type Cause = 'user' | 'program'

/** Settings that are changed by dragging. */
export type SettingName = 'frame' | 'opacity' | 'divider' | 'target' | 'noise' | 'sigma' | 'zoom' | 'brush'

/** The element's events: all bubble and pass the borders of shadow trees. */
export interface ActivationViewerEvents {
  /** A source was opened, or replaced by another. */
  load: CustomEvent<{ readonly source: Source; readonly cause: Cause }>
  /** A file comes, or a step of opening a live model is done. */
  progress: CustomEvent<{ readonly text: string; readonly done: number; readonly total: number }>
  /** Something failed; the element says it in words, and goes on with what it has. */
  error: CustomEvent<{ readonly reason: FailureReason; readonly message: string; readonly error: Error }>
  /** Another layer or channel is chosen. */
  'layer-change': CustomEvent<{ readonly layer: string; readonly channel: number; readonly cause: Cause }>
  /** Another target is explained. */
  'target-change': CustomEvent<{ readonly target: string; readonly of: 'denoised' | 'residual'; readonly cause: Cause }>
  /** A setting moves, while it is dragged. */
  input: CustomEvent<{ readonly name: SettingName; readonly value: number | string; readonly cause: Cause }>
  /** A setting has been changed. */
  change: CustomEvent<{ readonly name: SettingName; readonly value: number | string; readonly cause: Cause }>
}

/** An event of the element. */
export const eventOf = <Name extends keyof ActivationViewerEvents>(
  name: Name,
  detail: ActivationViewerEvents[Name]['detail'],
): CustomEvent => new CustomEvent(name, { detail, bubbles: true, composed: true })
