import { css } from 'lit'

/** The curve of a training. */
export const trainingStyles = css`
  .curve {
    position: relative;
    padding-inline-start: 46px;
  }

  .curve svg {
    display: block;
    width: 100%;
    height: 72px;
    overflow: visible;
    cursor: pointer;
  }

  .curve path {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.6;
    vector-effect: non-scaling-stroke;
  }

  .curve path.grid {
    stroke: var(--_line);
    stroke-width: 1;
  }

  .curve path.faint {
    stroke-opacity: 0.35;
  }

  .curve path.validation {
    stroke: var(--_mark);
  }

  .curve path.frame-line {
    stroke: var(--_quiet);
    stroke-width: 1;
    stroke-dasharray: 2 3;
  }

  .curve path.frame-line.chosen {
    stroke: var(--_text);
    stroke-dasharray: none;
  }

  .curve-losses span {
    position: absolute;
    inset-inline-start: 0;
    width: 40px;
    translate: 0 -50%;
    color: var(--_quiet);
    font-size: 11.5px;
    text-align: end;
  }

  .legend {
    display: flex;
    gap: 14px;
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .legend span::before {
    content: '';
    display: inline-block;
    width: 14px;
    margin-inline-end: 6px;
    border-block-start: 2px solid var(--_accent);
    vertical-align: middle;
  }

  .legend .validation::before {
    border-color: var(--_mark);
  }

  .training .range input {
    flex: 1;
  }

  .training .range {
    display: flex;
    flex: 1 1 280px;
  }
`
