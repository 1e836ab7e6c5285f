import { html, noChange, type TemplateResult } from 'lit'
import { Directive, directive, type PropertyPart } from 'lit/directive.js'
import { live } from 'lit/directives/live.js'

/** Something to choose, and its words. */
export interface Choice<T extends string> {
  readonly value: T
  readonly text: string
}

interface Field {
  readonly label: string
  readonly disabled?: boolean
  /** For long words. */
  readonly wide?: boolean
}

/** The text of an input, which is left alone while somebody types in it: the page may be drawn anew in the midst of that. */
const textUnlessTyping = directive(
  class extends Directive {
    render(text: string): unknown {
      return text
    }

    override update({ element }: PropertyPart, [text]: [string]): unknown {
      return element.matches(':focus') || (element as HTMLInputElement).value === text ? noChange : text
    }
  },
)

/** A labelled list to choose from. */
export function selectField<T extends string>(
  { label, disabled = false, wide = false }: Field,
  choices: readonly Choice<T>[],
  value: T,
  onChoose: (value: T) => void,
): TemplateResult {
  const chosen = (event: Event) => onChoose((event.target as HTMLSelectElement).value as T)
  return html`<label class="field ${wide ? 'wide' : ''}">
    <span>${label}</span>
    <select ?disabled=${disabled} .value=${live(value)} @change=${chosen}>
      ${choices.map((each) => html`<option value=${each.value} ?selected=${each.value === value}>${each.text}</option>`)}
    </select>
  </label>`
}

/** A labelled number within a range; what is out of it is not taken. */
export function numberField(
  {
    label,
    disabled = false,
    least,
    most,
    step,
  }: Field & { readonly least: number; readonly most?: number; readonly step: number | 'any' },
  value: number,
  onChange: (value: number) => void,
): TemplateResult {
  const changed = (event: Event) => {
    const input = event.target as HTMLInputElement
    if (input.value !== '' && input.reportValidity()) onChange(input.valueAsNumber)
  }
  return html`<label class="field narrow">
    <span>${label}</span>
    <input
      type="number"
      inputmode="decimal"
      min=${least}
      max=${most ?? ''}
      step=${step}
      ?disabled=${disabled}
      .value=${textUnlessTyping(String(value))}
      @change=${changed}
    />
  </label>`
}
