import { css } from 'lit'

/** Canvases, what is marked on them, and colour bars. Pictures and scales run from left to right whatever the page's direction. */
export const pictures = css`
  .frame {
    position: relative;
    overflow: hidden;
    border-radius: 4px;
    background: var(--_shade);
    direction: ltr;
    touch-action: pan-y;
    cursor: crosshair;
    user-select: none;
    -webkit-user-select: none;
  }

  .frame[data-tool='region'],
  .frame[data-tool='noise'] {
    touch-action: none;
  }

  .plane {
    position: relative;
    width: 100%;
    transform-origin: 0 0;
  }

  .plane > canvas,
  .sheet > canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .pixelated,
  .pixelated canvas,
  .sheet canvas,
  .map,
  .thumbnail canvas {
    image-rendering: pixelated;
  }

  .mark {
    position: absolute;
    width: max(13px, var(--across));
    height: max(13px, var(--down));
    translate: -50% -50%;
    pointer-events: none;
  }

  .mark.target {
    border: 2px solid var(--_mark);
    box-shadow: 0 0 0 1px rgb(0 0 0 / 55%);
  }

  .mark.cursor {
    outline: 1.5px solid #fff;
    box-shadow: 0 0 0 3px rgb(0 0 0 / 60%);
  }

  .area {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    pointer-events: none;
  }

  .area path {
    fill: var(--_mark);
    fill-opacity: 0.35;
    stroke: none;
  }

  .area.stroke path {
    fill: var(--_accent);
    fill-opacity: 0.45;
  }

  .over {
    position: absolute;
    inset: auto 0 0;
    padding: 8px 10px;
    background: rgb(0 0 0 / 72%);
    color: #fff;
    font-size: 12.5px;
  }

  .colour-bar {
    direction: ltr;
    padding-inline: 2px;
  }

  .gradient {
    height: 10px;
    border-radius: 2px;
    box-shadow: inset 0 0 0 1px rgb(128 128 128 / 40%);
  }

  .ticks {
    position: relative;
    height: 17px;
    color: var(--_quiet);
    font-size: 11.5px;
    line-height: 17px;
  }

  .ticks span {
    position: absolute;
    translate: -50%;
    white-space: nowrap;
  }

  .tile .ticks span:nth-child(even) {
    display: none;
  }

  .colour-bar .ticks span:first-child {
    translate: 0;
  }

  .colour-bar .ticks span:last-child:not(:first-child) {
    translate: -100%;
  }

  .bar-title {
    color: var(--_quiet);
    font-size: 11.5px;
    line-height: 1.3;
    text-align: center;
  }

  .histogram {
    position: relative;
    height: 56px;
    margin-inline: 2px;
    direction: ltr;
    overflow: hidden;
  }

  .histogram svg {
    position: absolute;
    inset-block: 0;
    height: 100%;
  }

  .histogram path {
    fill: var(--_quiet);
    fill-opacity: 0.55;
  }

  .histogram-mark {
    position: absolute;
    inset-block: 0;
    width: 2px;
    translate: -1px;
    background: var(--_mark);
  }

  .sheet {
    position: relative;
    max-width: 100%;
    direction: ltr;
    cursor: pointer;
  }

  .cells {
    position: absolute;
    inset: 0;
  }

  .cell {
    position: absolute;
    border-radius: 1px;
  }

  .cell:hover {
    box-shadow: 0 0 0 1px var(--_text);
  }

  .cell[aria-selected='true'] {
    box-shadow:
      0 0 0 2px var(--_mark),
      0 0 0 3px var(--_surface);
  }

  .nothing {
    display: block;
    width: 100%;
    height: 100%;
    min-height: 20px;
    background: repeating-linear-gradient(135deg, transparent 0 5px, rgb(136 136 136 / 50%) 5px 7px);
  }
`
