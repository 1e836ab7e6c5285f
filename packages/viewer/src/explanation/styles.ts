import { css } from 'lit'

/** Images, the explanation and its numbers. */
export const explanation = css`
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(150px, 30%), 1fr));
    gap: 5px 12px;
    align-items: start;
  }

  /* Image, caption and colour bar, in line with those of its neighbours. */
  .tile {
    display: grid;
    grid-row: span 3;
    grid-template-rows: subgrid;
    align-items: start;
    min-inline-size: 0;
  }

  /* As much room without a pixel as with one: what is pointed at stays where it is. */
  .value {
    min-inline-size: 8ch;
    min-block-size: 1.45em;
    margin-inline-start: auto;
    text-align: end;
    color: var(--_quiet);
  }

  .read-out {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 12px;
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .images .read-out {
    min-inline-size: 15ch;
    margin-inline-end: auto;
  }

  .comparisons,
  .sides {
    display: grid;
    gap: var(--_gap);
  }

  .stage-and-facts {
    display: grid;
    gap: 14px 18px;
  }

  .stage {
    display: grid;
    gap: 8px;
    align-content: start;
    min-inline-size: 0;
  }

  .stage[data-busy] .map {
    filter: saturate(0.4);
  }

  .facts-column {
    display: grid;
    gap: 10px;
    align-content: start;
  }

  .facts {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 3px 14px;
  }

  .facts dt {
    color: var(--_quiet);
  }

  .facts dd {
    text-align: end;
  }

  .facts small {
    display: block;
  }

  .note {
    padding: 6px 10px;
    border-inline-start: 3px solid var(--_mark);
    background: var(--_background);
    font-size: 12.5px;
  }

  .status {
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .status:not([data-status='ok']),
  .problem {
    color: var(--_problem);
  }

  .side {
    display: grid;
    gap: 14px;
    min-inline-size: 0;
  }

  .strip {
    display: flex;
    align-items: start;
    gap: 8px;
    overflow-x: auto;
    padding: 3px;
    margin: -3px;
  }

  .thumbnail {
    display: grid;
    flex: 0 0 76px;
    gap: 3px;
    padding: 5px;
    border-color: transparent;
    background: none;
    font-size: 11.5px;
    line-height: 1.25;
    text-align: center;
    overflow-wrap: anywhere;
    align-content: start;
  }

  .thumbnail[aria-checked='true'] {
    border-color: var(--_accent);
    background: var(--_background);
  }

  .thumbnail-picture canvas {
    display: block;
    width: 100%;
    height: auto;
  }
`
