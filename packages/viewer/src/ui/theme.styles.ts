import { css } from 'lit'

/** Colours, sizes and fonts: the custom properties of the element, and their values where a page sets none. */
export const theme = css`
  :host {
    display: block;
    color-scheme: light dark;
    container-type: inline-size;
    --_surface: var(--activation-viewer-surface, light-dark(#fff, #1b1d21));
    --_background: var(--activation-viewer-background, light-dark(#f4f5f7, #121316));
    --_text: var(--activation-viewer-text, light-dark(#1c1f24, #e8eaee));
    --_quiet: var(--activation-viewer-quiet, light-dark(#59606b, #a3abb8));
    --_line: var(--activation-viewer-line, light-dark(#dcdfe4, #33373e));
    --_field: light-dark(#fff, #22252a);
    --_accent: var(--activation-viewer-accent, light-dark(#1f5fc4, #8ab4ff));
    --_on-accent: light-dark(#fff, #10213f);
    --_mark: var(--activation-viewer-mark, #f08a00);
    --_problem: light-dark(#a3201b, #ffb4ab);
    --_problem-surface: light-dark(#fdeeed, #3a1d1b);
    --_radius: var(--activation-viewer-radius, 10px);
    --_gap: var(--activation-viewer-gap, 16px);
    --_shade: light-dark(#e9ebee, #0a0b0d);
    color: var(--_text);
    background: var(--_background);
    font: 14px / 1.45 var(--activation-viewer-font, system-ui, sans-serif);
    font-variant-numeric: tabular-nums;
    -webkit-text-size-adjust: 100%;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  h2,
  h3,
  h4,
  p,
  dl,
  dd,
  ol,
  figure {
    margin: 0;
    padding: 0;
  }

  h2 {
    font-size: 18px;
    font-weight: 650;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }

  h3 {
    font-size: 15px;
    font-weight: 650;
  }

  h4 {
    font-size: 13px;
    font-weight: 650;
  }

  small,
  .quiet {
    color: var(--_quiet);
    font-size: 12.5px;
  }

  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
`
