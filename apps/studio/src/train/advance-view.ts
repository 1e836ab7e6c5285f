import { css, html, type TemplateResult } from 'lit'
import type { Advance } from './trainer.ts'

/** How many kernels are compiled. */
export interface Compiling {
  readonly done: number
  readonly total: number
}

export const advanceStyles = css`
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 2rem;
    margin: 0.5rem 0 1rem;
    font-variant-numeric: tabular-nums;
  }
  dt {
    font-size: 0.85rem;
    color: var(--muted);
  }
  dd {
    margin: 0;
    min-width: 4.5rem;
  }
`

/** How far a training has come, with a bar. */
export function advanceView({
  advance,
  compiled,
}: {
  readonly advance: Advance | undefined
  readonly compiled: Compiling | undefined
}): TemplateResult {
  if (advance === undefined) {
    if (compiled === undefined) return html`<progress aria-label="Preparing"></progress>`
    const { done, total } = compiled
    return html`<progress aria-label="Kernels compiled" max=${total} .value=${done}></progress>
      <p class="muted">${done} of ${total} kernels are compiled.</p>`
  }
  const { step, steps, epoch, epochs, loss, imagesPerSecond, secondsLeft } = advance
  return html`
    <progress aria-label="Steps done" max=${steps} .value=${step}></progress>
    <dl class="facts">
      ${fact('Step', `${step} of ${steps}`)} ${fact('Epoch', `${epoch} of ${epochs}`)} ${fact('Loss', loss.toFixed(4))}
      ${fact('Images a second', imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0))} ${fact('Left', duration(secondsLeft))}
    </dl>
  `
}

const fact = (name: string, value: string): TemplateResult => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
