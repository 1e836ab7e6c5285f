import { css, html, nothing, svg, type TemplateResult } from 'lit'

/** Losses of a training so far. */
export interface LossHistory {
  /** Of each step. */
  readonly losses: readonly number[]
  /** After each epoch. */
  readonly heldOut: readonly number[]
  readonly stepsPerEpoch: number
  /** Steps in all, as far as the axis reaches. */
  readonly steps: number
}

/** Points of a curve at most: more than the plot is wide are not seen. */
const MOST_POINTS = 800
/** Rows of the table at most, the newest. */
const MOST_ROWS = 500
/** From this factor between the largest and the smallest loss on, the axis is logarithmic. */
const WIDE = 8

export const chartStyles = css`
  .loss {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.25rem 0.5rem;
    margin: 0;
    font-size: 0.8rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    /* An axis of steps runs from left to right in every script. */
    direction: ltr;
  }
  .loss .values {
    display: flex;
    flex-direction: column;
    justify-content: space-between;
    text-align: right;
    line-height: 1;
  }
  .loss svg {
    display: block;
    width: 100%;
    height: 12rem;
    overflow: visible;
    border-left: 1px solid var(--field);
    border-bottom: 1px solid var(--field);
  }
  .loss path {
    fill: none;
    stroke-width: 1.5px;
    vector-effect: non-scaling-stroke;
    stroke-linejoin: round;
  }
  .loss .training {
    stroke: var(--accent);
  }
  .loss .held-out {
    stroke: var(--second);
    stroke-dasharray: 4 3;
  }
  .loss .dots {
    stroke: var(--second);
    stroke-width: 7px;
    stroke-linecap: round;
  }
  .loss .steps {
    grid-column: 2;
    display: flex;
    justify-content: space-between;
  }
  .losses {
    max-height: 20rem;
    overflow: auto;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1.25rem;
    margin: 0 0 0.5rem;
    font-size: 0.85rem;
  }
  .legend span::before {
    content: "";
    display: inline-block;
    width: 1.4rem;
    margin-inline-end: 0.4rem;
    vertical-align: middle;
    border-block-start: 2px solid var(--accent);
  }
  .legend .held-out::before {
    border-block-start: 2px dashed var(--second);
  }
`

/** The curve of the losses, training and held out, with its numbers in words. */
export function lossChart(history: LossHistory, name: string): TemplateResult | typeof nothing {
  const { losses, heldOut, stepsPerEpoch, steps } = history
  const [first] = losses
  const last = losses.at(-1)
  if (first === undefined || last === undefined) return nothing
  const all = [...losses, ...heldOut]
  const [low, high] = [Math.min(...tenths(all)), Math.max(...tenths(all))]
  const logarithmic = low > 0 && high / low > WIDE
  const scaled = (loss: number): number => (logarithmic ? Math.log(loss) : loss)
  const span = scaled(high) - scaled(low) || 1
  const x = (step: number): number => (100 * (step - 1)) / Math.max(steps - 1, 1)
  const y = (loss: number): number => 100 - (100 * (scaled(loss) - scaled(low))) / span
  const middle = logarithmic ? Math.sqrt(low * high) : (low + high) / 2
  const every = Math.ceil(losses.length / MOST_POINTS)
  const shown = losses.flatMap((loss, i): [number, number][] =>
    i % every === 0 || i === losses.length - 1 ? [[x(i + 1), y(loss)]] : [],
  )
  const held = heldOut.map((loss, i): [number, number] => [x((i + 1) * stepsPerEpoch), y(loss)])
  const words = `Loss (${name}) fell from ${number(first)} at step 1 to ${number(last)} at step ${losses.length} of ${steps}.`
  return html`
    <p class="legend">
      <span>loss of each step (${name})</span>
      ${held.length === 0 ? nothing : html`<span class="held-out">held-out images, after each epoch</span>`}
    </p>
    <figure class="loss" role="img" aria-label=${words}>
      <div class="values">
        ${[high, middle, low].map((value) => html`<span>${number(value)}</span>`)}
      </div>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="training" d=${line(shown)} />
        ${held.length === 0 ? nothing : svg`<path class="held-out" d=${line(held)} /><path class="dots" d=${dots(held)} />`}
      </svg>
      <div class="steps"><span>step 1</span><span>${logarithmic ? 'logarithmic' : ''}</span><span>${steps}</span></div>
    </figure>
  `
}

/** The newest losses as they are, a row for each step. */
export function lossTable(losses: readonly number[]): TemplateResult {
  const first = Math.max(losses.length - MOST_ROWS, 0)
  return html`<div class="losses" role="region" tabindex="0" aria-label="Losses by step">
    <table>
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">loss</th>
        </tr>
      </thead>
      <tbody>
        ${losses.slice(first).map(
          (loss, i) => html`<tr>
            <th scope="row">${first + i + 1}</th>
            <td>${loss}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const number = (value: number): string => String(Number(value.toPrecision(3)))

/** Values to four digits: the axis does not move for less. */
const tenths = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(4)))

const line = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(3)} ${y.toFixed(3)}`).join('')

/** A line of no length at each point, which its round ends make a dot. */
const dots = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `M${x.toFixed(3)} ${y.toFixed(3)}h0`).join('')
