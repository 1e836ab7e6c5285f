import { css } from 'lit'

/** How the parts lie: one below the other where it is narrow, the network beside the explanation where it is wide. */
export const layout = css`
  .viewer {
    position: relative;
    display: grid;
    gap: var(--_gap);
    padding: var(--_gap);
  }

  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    justify-content: space-between;
    gap: 8px 16px;
  }

  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }

  .card,
  .message {
    display: grid;
    gap: 12px;
    align-content: start;
    min-inline-size: 0;
    padding: 14px 16px 16px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }

  .card > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }

  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--_gap);
    align-items: start;
  }

  .column {
    display: grid;
    gap: var(--_gap);
    min-inline-size: 0;
  }

  figcaption {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 8px;
    font-size: 13px;
  }

  .message {
    justify-items: center;
    padding: 24px;
    text-align: center;
  }

  .message.problem {
    justify-items: start;
    text-align: start;
    padding: 14px 16px;
    border-color: currentColor;
    background: var(--_problem-surface);
    overflow-wrap: anywhere;
  }

  .message.problem button {
    color: var(--_text);
  }

  .progress-line {
    position: absolute;
    inset: 0 0 auto;
  }

  .progress-line progress {
    display: block;
    max-inline-size: none;
    block-size: 4px;
  }

  .camera video {
    max-inline-size: 100%;
    border-radius: 6px;
  }

  .drop {
    position: absolute;
    inset: 6px;
    z-index: 4;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent);
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_surface) 80%, transparent);
    font-size: 18px;
    pointer-events: none;
  }

  @container (min-width: 460px) {
    .stage-and-facts {
      grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    }

    .zoomed {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }

  /* The explanation stays in sight beside the long column of layers, where it has room. */
  @media (min-height: 820px) {
    @container (min-width: 900px) {
      .columns > .column:first-child {
        position: sticky;
        inset-block-start: var(--_gap);
      }
    }
  }

  /* What is said of the layers' maps has its line before they come. */
  @container (max-width: 459px) {
    .network .read-out span {
      flex: 0 0 100%;
      min-block-size: 1.45em;
    }
  }

  @container (max-width: 899px) {
    .tile .bar-title {
      display: none;
    }
  }

  @container (min-width: 460px) {
    [data-two] .sides {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }

    [data-two] .stage-and-facts,
    [data-two] .zoomed {
      grid-template-columns: minmax(0, 1fr);
    }
  }

  @container (min-width: 900px) {
    .columns:not([data-single]) {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }

    .tiles {
      grid-template-columns: repeat(6, minmax(0, 1fr));
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    button,
    .cell {
      transition:
        border-color 120ms,
        background-color 120ms;
    }
  }
`
