import { html, type TemplateResult } from 'lit'

/** Something to choose, and its words. */
export interface Choice<T extends string> {
  readonly value: T
  readonly text: string
}

/** A labelled list to choose from. */
export function select<T extends string>(
  label: string,
  choices: readonly Choice<T>[],
  value: T,
  onChoose: (value: T) => void,
): TemplateResult {
  const chosen = (event: Event) => onChoose((event.target as HTMLSelectElement).value as T)
  return html`<label class="field">
    <span>${label}</span>
    <select .value=${value} @change=${chosen}>
      ${choices.map((each) => html`<option value=${each.value} ?selected=${each.value === value}>${each.text}</option>`)}
    </select>
  </label>`
}

/** Buttons of which one is pressed. */
export function segments<T extends string>(
  label: string,
  choices: readonly Choice<T>[],
  value: T,
  onChoose: (value: T) => void,
): TemplateResult {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${choices.map(
      (each) =>
        html`<button type="button" aria-pressed=${each.value === value} @click=${() => onChoose(each.value)}>
          ${each.text}
        </button>`,
    )}
  </div>`
}

/** A labelled slider. */
export interface Slider {
  readonly label: string
  readonly value: number
  readonly least: number
  readonly most: number
  readonly step: number
  /** The value in words. */
  readonly text: string
  /** Hears of each value; `moving` until the slider is let go. */
  onMove(value: number, moving: boolean): void
}

export function slider({ label, value, least, most, step, text, onMove }: Slider): TemplateResult {
  const moved = (moving: boolean) => (event: Event) => onMove(Number((event.target as HTMLInputElement).value), moving)
  return html`<label class="field range">
    <span>${label}</span>
    <input
      type="range"
      min=${least}
      max=${most}
      step=${step}
      .value=${String(value)}
      aria-valuetext=${text}
      @input=${moved(true)}
      @change=${moved(false)}
    />
    <output>${text}</output>
  </label>`
}

export const choicesOf = <T extends string>(values: readonly T[], texts: Readonly<Record<T, string>>): Choice<T>[] =>
  values.map((value) => ({ value, text: texts[value] }))

/** A button that opens a file of one's own. */
export function fileButton(label: string, accept: string, onFile: (file: File) => void): TemplateResult {
  const chosen = (event: Event) => {
    const input = event.target as HTMLInputElement
    const [file] = input.files ?? []
    input.value = ''
    if (file !== undefined) onFile(file)
  }
  return html`<label class="button">${label}<input type="file" class="hidden" accept=${accept} @change=${chosen} /></label>`
}
