import { ActivationViewer } from './activation-viewer.ts'

/** On a server there is nothing to define the element in. */
if (typeof document !== 'undefined' && customElements.get('activation-viewer') === undefined) {
  customElements.define('activation-viewer', ActivationViewer)
}

declare global {
  interface HTMLElementTagNameMap {
    'activation-viewer': ActivationViewer
  }
}

export type { ActivationViewerEvents, Cause, SettingName } from './events.ts'
export { Failure, type FailureReason } from './failure.ts'
export { RecordedSource, recordedFrom } from './sources/recorded-source.ts'
export type {
  LiveControls,
  Method,
  NoiseSettings,
  Question,
  Source,
  SourceImage,
  TargetQuestion,
} from './sources/source.ts'
export { stateFromText, stateText, type ViewerState } from './state.ts'
export { english, type Texts } from './texts.ts'
export { ActivationViewer }
