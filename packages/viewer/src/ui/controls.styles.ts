import { css } from 'lit'

/** Buttons, lists, sliders. */
export const controls = css`
  button,
  .button,
  select,
  summary {
    font: inherit;
    color: inherit;
  }

  button,
  .button,
  .menu > summary {
    display: inline-flex;
    align-items: center;
    min-block-size: 32px;
    padding: 4px 12px;
    border: 1px solid var(--_line);
    border-radius: 7px;
    background: var(--_field);
    cursor: pointer;
  }

  button:hover,
  .button:hover,
  .menu > summary:hover {
    border-color: var(--_quiet);
  }

  button:disabled {
    opacity: 0.45;
    cursor: default;
  }

  .button:focus-within {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  button.icon {
    justify-content: center;
    min-inline-size: 32px;
    padding: 4px;
  }

  button.primary {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .segments {
    display: inline-flex;
    border: 1px solid var(--_line);
    border-radius: 8px;
    background: var(--_background);
    padding: 2px;
  }

  .segments button {
    min-block-size: 28px;
    padding: 2px 10px;
    border: 0;
    border-radius: 6px;
    background: none;
    color: var(--_quiet);
  }

  .segments button[aria-pressed='true'] {
    background: var(--_field);
    color: var(--_text);
    box-shadow: 0 0 0 1px var(--_line);
  }

  .field {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
  }

  .field > span {
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .field b {
    font-weight: 550;
  }

  select {
    min-block-size: 32px;
    min-inline-size: 0;
    max-inline-size: 100%;
    padding-block: 3px;
    padding-inline: 8px 4px;
    border: 1px solid var(--_line);
    border-radius: 7px;
    background: var(--_field);
    text-overflow: ellipsis;
  }

  input[type='range'] {
    inline-size: 130px;
    min-inline-size: 60px;
    margin: 0;
    accent-color: var(--_accent);
  }

  .range output {
    min-inline-size: 4.5em;
  }

  .row,
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }

  .buttons {
    gap: 6px;
  }

  .menu {
    position: relative;
  }

  .menu > summary {
    list-style: none;
  }

  .menu > summary::-webkit-details-marker {
    display: none;
  }

  .menu > summary::after {
    content: '';
    margin-inline-start: 8px;
    border: 4px solid transparent;
    border-block-start-color: currentColor;
    translate: 0 2px;
  }

  .menu-items {
    position: absolute;
    z-index: 3;
    inset-block-start: calc(100% + 4px);
    inset-inline-end: 0;
    display: grid;
    padding: 4px;
    border: 1px solid var(--_line);
    border-radius: 9px;
    background: var(--_field);
    box-shadow: 0 6px 24px rgb(0 0 0 / 18%);
  }

  .menu-items button {
    border: 0;
    background: none;
    white-space: nowrap;
  }

  .menu-items button:hover {
    background: var(--_background);
  }

  progress {
    inline-size: 100%;
    max-inline-size: 320px;
    accent-color: var(--_accent);
  }
`
