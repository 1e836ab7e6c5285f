import { withoutControls } from '@noisescope/core'

/**
 * Text as HTML shows it, also within the quotes of an attribute. What stands for a number is escaped as well: it may come from the
 * file of a cell.
 */
export const escaped = (text: string | number): string =>
  withoutControls(String(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/**
 * A table; the first row is its heading, the first column names rows. Cells are text. A wide one scrolls below its caption, which
 * stays; people without a pointer scroll it by the keyboard.
 * @param explanation how to read it, behind the caption.
 */
export function tableHtml(
  caption: string,
  [heading = [], ...rows]: readonly (readonly string[])[],
  explanation = '',
): string {
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row
      .map((cell, i) => {
        const scope = tag === 'th' ? ' scope="col"' : i === 0 ? ' scope="row"' : ''
        const name = tag === 'td' && i === 0 ? 'th' : tag
        return `<${name}${scope}>${escaped(cell)}</${name}>`
      })
      .join('')
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')
  return `<figure class="table"><figcaption>${escaped(explanation === '' ? caption : `${caption}. ${explanation}`)}</figcaption>
<div class="scroll" role="region" tabindex="0" aria-label="${escaped(caption)}"><table aria-label="${escaped(caption)}">
<thead><tr>${cells(heading, 'th')}</tr></thead>
<tbody>
${body}
</tbody></table></div></figure>`
}

/** A picture within the page itself. */
export const figureHtml = (
  png: Uint8Array,
  caption: string,
  { width, height }: { width: number; height: number },
): string =>
  `<figure><img src="data:image/png;base64,${Buffer.from(png).toString('base64')}" width="${escaped(width)}" height="${escaped(height)}" alt="${escaped(caption)}">
<figcaption>${escaped(caption)}</figcaption></figure>`

const STYLE = `
:root { color-scheme: light dark; --ink: #222; --muted: #595959; --paper: #fff; --rule: #d0d0d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --muted: #a8a8a8; --paper: #161616; --rule: #444; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1, h2, h3 { line-height: 1.25; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
.table figcaption { padding-bottom: 0.4rem; max-width: 60rem; }
th, td { padding: 0.25rem 0.7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th[scope="row"], thead th:first-child { text-align: left; font-weight: 500; }
@media (max-width: 40rem) { th[scope="row"] { white-space: normal; min-width: 7rem; } }
figure { margin: 1.5rem 0; }
img { max-width: 100%; height: auto; background: #fff; }
figcaption, .muted { color: var(--muted); font-size: 0.9rem; }
`

/** A whole page that needs nothing else. */
export const pageHtml = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`
