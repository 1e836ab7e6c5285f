import type { Plugin } from 'vite'

/** Template literals with these tags hold markup or style sheets, where white space is worth one blank at most. */
const TAGS: ReadonlySet<string> = new Set(['html', 'svg', 'css'])

/** A node of a syntax tree, as far as it matters here. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [name: string]: unknown
}

/** Squeezes the white space of the viewer's markup and style sheets, which minifiers leave as it is. */
export const minifyTemplates = (): Plugin => ({
  name: 'minify-templates',
  transform: {
    filter: { id: /packages\/viewer\/src\/.*\.ts$/, code: /(html|svg|css)`/ },
    handler(code, id) {
      const texts: { readonly start: number; readonly end: number; readonly css: boolean }[] = []
      visit(this.parse(code, { lang: id.endsWith('.ts') ? 'ts' : 'js' }) as unknown as Node, texts)
      let squeezed = code
      // From the end, so that the places before stay where they are.
      for (const { start, end, css } of texts.toSorted((a, b) => b.start - a.start)) {
        squeezed =
          squeezed.slice(0, start) + (css ? squeezeCss : squeezeHtml)(code.slice(start, end)) + squeezed.slice(end)
      }
      return { code: squeezed, map: null }
    },
  },
})

function visit(node: Node, found: { start: number; end: number; css: boolean }[]): void {
  if (node.type === 'TaggedTemplateExpression') {
    const tag = (node.tag as { readonly name?: string }).name ?? ''
    const { quasis } = node.quasi as { readonly quasis: readonly Node[] }
    if (TAGS.has(tag)) found.push(...quasis.map(({ start, end }) => ({ start, end, css: tag === 'css' })))
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) visit(child as Node, found)
    }
  }
}

const squeezeHtml = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/ (?=\/?>)/g, '')

const squeezeCss = (text: string): string =>
  text
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(';}', '}')
    .replaceAll(/([\s:,(])0(?=\.\d)/g, '$1')
