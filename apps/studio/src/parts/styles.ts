import { css } from 'lit'

/** What headings, fields, buttons, tables and messages look like in every part of the page. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h2,
  h3 {
    margin: 0 0 0.5rem;
    font-weight: 600;
    line-height: 1.25;
  }
  h2 {
    font-size: 1.25rem;
  }
  h3 {
    font-size: 1.05rem;
  }
  p {
    margin: 0 0 0.75rem;
    max-width: 68ch;
  }
  a {
    color: var(--accent);
  }
  code {
    font-size: 0.92em;
  }
  .muted {
    color: var(--muted);
    font-size: 0.9rem;
  }
  .card {
    margin-block-end: 1rem;
    padding: 1rem;
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: 0.5rem;
  }
  .fields {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem 1rem;
    align-items: end;
  }
  .field {
    display: grid;
    gap: 0.2rem;
    min-width: 0;
    flex: 1 1 12rem;
    max-width: 22rem;
  }
  .field.wide {
    flex: 2 1 20rem;
    max-width: 40rem;
  }
  .field.narrow {
    flex: 0 1 7rem;
  }
  .field > span {
    font-size: 0.85rem;
    color: var(--muted);
  }
  select,
  input:not([type='range'], [type='file'], [type='checkbox']) {
    width: 100%;
    min-height: 2.5rem;
    padding: 0.3rem 0.6rem;
    font: inherit;
    color: var(--ink);
    background: var(--surface);
    border: 1px solid var(--field);
    border-radius: 0.35rem;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-height: 2.5rem;
    padding: 0.3rem 0.9rem;
    font: inherit;
    color: var(--ink);
    background: var(--surface);
    border: 1px solid var(--field);
    border-radius: 0.35rem;
    cursor: pointer;
  }
  button.main {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
  }
  button:hover:not(:disabled),
  .button:hover {
    border-color: var(--accent);
  }
  button:disabled,
  select:disabled,
  input:disabled {
    opacity: 0.55;
    cursor: default;
  }
  :is(button, select, input, summary, a, [tabindex]):focus-visible,
  .button:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .button > input[type='file'] {
    position: absolute;
    width: 1px;
    height: 1px;
    opacity: 0;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin-block-start: 0.75rem;
  }
  .message {
    padding: 0.6rem 0.8rem;
    margin-block-end: 1rem;
    background: var(--warning);
    border-inline-start: 4px solid var(--warning-rule);
    border-radius: 0.25rem;
    overflow-wrap: anywhere;
  }
  .message > :last-child {
    margin-block-end: 0;
  }
  .message.failure {
    background: var(--failure);
    border-color: var(--failure-rule);
    white-space: pre-line;
  }
  .scroll {
    overflow-x: auto;
    margin-block: 0 1.25rem;
  }
  table {
    border-collapse: collapse;
    font-size: 0.88rem;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.25rem 0.7rem;
    text-align: end;
    white-space: nowrap;
    border-block-end: 1px solid var(--rule);
  }
  th {
    font-weight: 500;
  }
  th[scope='row'],
  thead th:first-child {
    text-align: start;
  }
  progress {
    width: 100%;
    height: 0.6rem;
    accent-color: var(--accent);
  }
  activation-viewer {
    /* Its own gap stands out on both sides. */
    display: block;
    margin-inline: -0.75rem;
    --activation-viewer-gap: 0.75rem;
    --activation-viewer-radius: 0.5rem;
    --activation-viewer-background: var(--paper);
    --activation-viewer-surface: var(--surface);
    --activation-viewer-text: var(--ink);
    --activation-viewer-quiet: var(--muted);
    --activation-viewer-line: var(--rule);
    --activation-viewer-accent: var(--accent);
    --activation-viewer-font: var(--font);
  }
  summary {
    cursor: pointer;
    padding-block: 0.35rem;
  }
`
