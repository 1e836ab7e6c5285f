import { css, html, type TemplateResult } from 'lit'
import { numberField, selectField } from '../parts/fields.ts'
import { commandOf, lessonNames, lessons, stepsOf, type TrainingSettings, usualSettings } from './lessons.ts'
import { noiseFields } from './noise-fields.ts'

/** What can be set before a training. */
export interface SettingsFields {
  readonly settings: TrainingSettings
  /** Steps after which the network is looked at. */
  readonly lookEvery: number
  readonly disabled: boolean
  onSettings(settings: TrainingSettings): void
  onLookEvery(steps: number): void
}

export const formStyles = css`
  .more {
    margin-block-start: 0.75rem;
  }
  .last {
    margin: 0.75rem 0 0;
    overflow-wrap: anywhere;
    max-width: none;
  }
`

/** The fields of a training's settings, and what they come to. */
export function settingsFields({
  settings,
  lookEvery,
  disabled,
  onSettings,
  onLookEvery,
}: SettingsFields): TemplateResult {
  const { lesson, noise, count, epochs, batchSize, learningRate, seed } = settings
  const { unit, counts, noise: usualNoise } = lessons[lesson]
  const change = (patch: Partial<TrainingSettings>) => onSettings({ ...settings, ...patch })
  const whole = { disabled, step: 1 }
  const lessonChoices = lessonNames.map((value) => ({ value, text: lessons[value].title }))
  const countLabel = unit === 'images' ? 'Images an epoch' : 'Patches an epoch'
  const countChoices = counts.map((each) => ({ value: String(each), text: String(each) }))
  const command = commandOf(settings)
  return html`
    <div class="fields">
      ${selectField({ label: 'What to train', disabled, wide: true }, lessonChoices, lesson, (name) => onSettings({ ...usualSettings(name), seed }))}
      ${noiseFields(noise, usualNoise, disabled, (other) => change({ noise: other }))}
    </div>
    <div class="fields more">
      ${selectField({ label: countLabel, disabled }, countChoices, String(count), (value) => change({ count: Number(value) }))}
      ${numberField({ ...whole, label: 'Epochs', least: 1 }, epochs, (value) => change({ epochs: value }))}
      ${numberField({ ...whole, label: 'Batch size', least: 1, most: count }, batchSize, (value) => change({ batchSize: value }))}
      ${numberField({ label: 'Learning rate', disabled, least: 0, step: 'any' }, learningRate, (value) => change({ learningRate: value }))}
      ${numberField({ ...whole, label: 'Seed', least: 0 }, seed, (value) => change({ seed: value }))}
      ${numberField({ ...whole, label: 'Steps a look', least: 1 }, lookEvery, onLookEvery)}
    </div>
    <p class="muted last">
      ${stepsOf(settings)} steps.
      ${command === undefined ? 'The leaves are made in this page.' : html`The same training, to the same losses: <code>${command}</code>`}
    </p>
  `
}
