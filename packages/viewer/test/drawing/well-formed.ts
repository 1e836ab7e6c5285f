/** An element of an XML text, in the order in which the elements end. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Its own text, without that of elements within. */
  readonly text: string
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

/** The elements of an XML text. @throws Error where it is not well formed. */
export function elementsOf(xml: string): Element[] {
  const elements: Element[] = []
  const open: { name: string; attributes: Record<string, string>; text: string }[] = []
  let rest = xml
  while (rest !== '') {
    const [token = ''] = rest.match(/^(?:<\/[\w-]+>|<[\w-]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>|[^<]+)/) ?? []
    if (token === '') throw new Error(`not well formed at: ${rest.slice(0, 60)}`)
    rest = rest.slice(token.length)
    if (token.startsWith('</')) {
      const element = open.pop()
      if (element?.name !== token.slice(2, -1)) throw new Error(`${token} ends ${element?.name}`)
      elements.push(element)
    } else if (token.startsWith('<')) {
      if (open.length === 0 && elements.length > 0) throw new Error(`a second root: ${token}`)
      const attributes = Object.fromEntries(
        [...token.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, decoded(value)]),
      )
      const element = { name: token.match(/[\w-]+/)?.[0] ?? '', attributes, text: '' }
      if (token.endsWith('/>')) elements.push(element)
      else open.push(element)
    } else {
      const within = open.at(-1)
      if (within !== undefined) within.text += decoded(token)
      else if (token.trim() !== '') throw new Error(`text outside of the root: ${token}`)
    }
  }
  if (open.length > 0) throw new Error(`${open.at(-1)?.name} does not end`)
  return elements
}

/** A text without its entities. @throws Error on a character that must be one. */
function decoded(text: string): string {
  const plain = text.replaceAll(/&\w+;/g, (entity) => entities[entity] ?? '\u0000')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not allow.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u.test(plain) || /&(?!\w+;)/.test(text)) {
    throw new Error(`not well formed: ${text}`)
  }
  return plain
}
