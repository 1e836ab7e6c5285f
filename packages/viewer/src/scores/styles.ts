import { css } from 'lit'

/** The table of scores. */
export const scoresStyles = css`
  .scores table {
    inline-size: 100%;
    border-collapse: collapse;
  }

  .scores th,
  .scores td {
    padding: 5px 8px;
    border-block-end: 1px solid var(--_line);
    font-weight: 400;
    text-align: start;
  }

  .scores thead th {
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .scores .number {
    text-align: end;
    white-space: nowrap;
  }

  .scores small {
    margin-inline-start: 8px;
  }

  @container (max-width: 899px) {
    .scores small {
      display: block;
      margin: 0;
    }
  }
`
