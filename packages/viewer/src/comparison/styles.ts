import { css } from 'lit'

/** Two images under a slider. */
export const comparisonStyles = css`
  .comparisons {
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 520px));
    justify-content: center;
  }

  .comparison {
    display: grid;
    gap: 5px;
  }

  .before,
  .plane-marks {
    position: absolute;
    inset: 0;
    pointer-events: none;
  }

  .divider {
    position: absolute;
    inset-block: 0;
    width: 32px;
    margin-inline-start: -16px;
    cursor: ew-resize;
    touch-action: pan-y;
  }

  .divider::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 15px;
    width: 2px;
    background: #fff;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 55%);
  }

  .divider::after {
    content: '';
    position: absolute;
    inset-block-start: calc(50% - 14px);
    inset-inline-start: 2px;
    width: 28px;
    height: 28px;
    border: 1px solid rgb(0 0 0 / 55%);
    border-radius: 50%;
    background: #fff;
  }
`
