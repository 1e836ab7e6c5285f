import { css } from 'lit'

/** The column of layers and the chosen channel. */
export const network = css`
  .sheet-row {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  .layers {
    display: grid;
    list-style: none;
  }

  .layer {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    padding-block: 10px;
    border-block-start: 1px solid var(--_line);
  }

  .layer[data-chosen] {
    padding-block-end: 14px;
  }

  .layer-head {
    display: flex;
    align-items: center;
    gap: 10px;
  }

  .layer-head .quiet {
    flex: 1;
    min-inline-size: 0;
    line-height: 1.3;
  }

  .layer-name {
    min-block-size: 26px;
    margin-inline-start: -8px;
    padding: 1px 8px;
    border-color: transparent;
    background: none;
    font-weight: 600;
  }

  .layer[data-chosen] .layer-name {
    background: var(--_background);
    border-color: var(--_line);
  }

  .layer-map {
    flex: none;
    box-sizing: content-box;
    inline-size: 38px;
    min-block-size: 0;
    max-block-size: 60px;
    padding: 0;
    border-radius: 3px;
    overflow: hidden;
  }

  i.layer-map {
    border: 1px solid transparent;
  }

  .layer-map canvas {
    width: 100%;
    height: 100%;
    object-fit: contain;
  }

  .channel {
    display: grid;
    gap: 10px;
    padding: 12px;
    border-radius: 8px;
    background: var(--_background);
  }

  .zoomed {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
    align-items: start;
  }

  .channel-facts {
    display: grid;
    gap: 8px;
    align-content: start;
  }

  .channel-facts .colour-bar {
    margin-block-start: -8px;
  }
`
