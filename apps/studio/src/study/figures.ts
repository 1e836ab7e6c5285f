import { cellTitle, type Estimate, estimateText, type Gap, gapOf, type On, type Study } from '@noisescope/study'
import { css, html, nothing, type TemplateResult } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'

/** One mark of a row: a value, and the interval that it lies in. */
interface Mark {
  readonly series: string
  readonly value: number | null
  readonly interval: { readonly low: number; readonly high: number } | null
  readonly text: string
}

interface Row {
  readonly title: string
  readonly marks: readonly Mark[]
}

/** A figure of values along one axis, a row for each cell of the study, every value also as text. */
interface Chart {
  readonly caption: string
  readonly low: number
  readonly high: number
  /** Where a line is drawn across all rows, and what it means. */
  readonly line?: { readonly value: number; readonly text: string }
  readonly rows: readonly Row[]
}

export const figureStyles = css`
  figure {
    margin: 0 0 1.5rem;
  }
  figcaption {
    margin-block-end: 0.5rem;
  }
  .chart {
    display: grid;
    gap: 0.9rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .title {
    font-weight: 500;
  }
  .mark {
    display: grid;
    grid-template-columns: 4.5rem minmax(4rem, 1fr) 16rem;
    gap: 0.6rem;
    align-items: center;
    font-size: 0.88rem;
    font-variant-numeric: tabular-nums;
  }
  .track {
    position: relative;
    height: 1.1rem;
    background: linear-gradient(var(--rule), var(--rule)) center / 100% 1px no-repeat;
    /* An axis of numbers runs from left to right in every script. */
    direction: ltr;
  }
  .track > * {
    position: absolute;
  }
  .zero {
    inset-block: 0;
    border-left: 1px dashed var(--muted);
  }
  .span {
    top: calc(50% - 2px);
    height: 4px;
    min-width: 1px;
    border-radius: 2px;
    background: var(--colour);
    opacity: 0.55;
  }
  .dot {
    top: calc(50% - 0.3rem);
    width: 0.6rem;
    height: 0.6rem;
    margin-left: -0.3rem;
    border-radius: 50%;
    background: var(--colour);
  }
  .network {
    --colour: var(--accent);
  }
  .median {
    --colour: var(--second);
  }
  .noisy {
    --colour: var(--muted);
  }
  @media (max-width: 40rem) {
    .mark {
      grid-template-columns: 4rem 1fr;
    }
    .mark > .number {
      grid-column: 2;
    }
  }
`

/** Where noise is found better: F1 beside the object less F1 in its core or on the whole of it, for each cell and denoiser. */
export function gapFigure(
  { cells }: Study,
  { gap, on, threshold }: { readonly gap: Gap; readonly on: On; readonly threshold: number },
): TemplateResult {
  const rows = cells.map((cell) => ({
    title: cellTitle(cell),
    marks: cell.separation
      .filter(({ objectThreshold }) => objectThreshold === threshold)
      .flatMap((each) => {
        const estimate = gapOf(each, gap, on)
        return estimate === undefined ? [] : [{ series: each.denoiser, ...estimate, text: estimateText(estimate) }]
      }),
  }))
  const ends = rows.flatMap(({ marks }) => marks.flatMap(endsOf))
  return chart({
    caption: `F1 of finding noise beside the object less F1 ${on === 'core' ? 'in its core' : 'on the whole of it'}, with 95 % intervals and the number of values behind them. Right of the dashed line noise is found better beside the object, left of it on the object.`,
    low: Math.min(-0.05, ...ends),
    high: Math.max(0.05, ...ends),
    line: { value: 0, text: 'no difference' },
    rows,
  })
}

/** PSNR of the noisy images, of a plain median, and of the network. */
export function qualityFigure({ cells }: Study): TemplateResult {
  const rows = cells.map((cell) => {
    const { noisy, median3x3, denoised } = cell.evaluation
    const mark = (series: string, { psnr }: typeof noisy): Mark => ({
      series,
      value: psnr,
      interval: null,
      text: psnr === null ? '∞' : `${psnr.toFixed(2)} dB`,
    })
    return {
      title: cellTitle(cell),
      marks: [mark('noisy', noisy), mark('median', median3x3), mark('network', denoised)],
    }
  })
  const ends = rows.flatMap(({ marks }) => marks.flatMap(endsOf))
  return chart({
    caption: 'PSNR on held-out images: the noisy images, a 3x3 median, the network.',
    low: Math.floor(Math.min(...ends, 10)),
    high: Math.ceil(Math.max(...ends, 20)),
    rows,
  })
}

const endsOf = ({ value, interval }: Pick<Estimate, 'value' | 'interval'>): number[] => [
  ...(value === null ? [] : [value]),
  ...(interval === null ? [] : [interval.low, interval.high]),
]

function chart({ caption, low, high, line, rows }: Chart): TemplateResult {
  const share = (value: number): string => `${(100 * (value - low)) / (high - low)}%`
  return html`<figure>
    <figcaption class="muted">${caption}</figcaption>
    <ul class="chart">
      ${rows.map(
        ({ title, marks }) => html`<li>
          <div class="title">${title}</div>
          ${marks.map(
            ({ series, value, interval, text }) => html`<div class="mark ${series}">
              <span>${series}</span>
              <span class="track" aria-hidden="true">
                ${line === undefined ? nothing : html`<span class="zero" style=${styleMap({ left: share(line.value) })} title=${line.text}></span>`}
                ${interval === null ? nothing : html`<span class="span" style=${styleMap(between(interval, share))}></span>`}
                ${value === null ? nothing : html`<span class="dot" style=${styleMap({ left: share(value) })}></span>`}
              </span>
              <span class="number">${text}</span>
            </div>`,
          )}
        </li>`,
      )}
    </ul>
  </figure>`
}

const between = ({ low, high }: { low: number; high: number }, share: (value: number) => string) => ({
  left: share(low),
  width: `calc(${share(high)} - ${share(low)})`,
})
