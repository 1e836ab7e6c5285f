/** How much of a text is kept. */
export interface PrintableOptions {
  /** Code points, all lines together; default 200. */
  readonly characters?: number
  /** Default 10. */
  readonly lines?: number
}

const CHARACTERS = 200
const LINES = 10

const LONG_WORD = new RegExp(`\\S{${CHARACTERS + 1},}`, 'gu')
/** Of a longer word: its beginning, the rest is its end. */
const KEPT_BEFORE = 120

/**
 * What a terminal or page may act upon instead of showing it: control characters (C0, C1), marks that turn the direction of
 * writing, the separators that some programs take for ends of lines, halves of surrogate pairs, and what is no character.
 */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu

/** The same, but for the two control characters that lay text out. */
const UNPRINTABLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu

/** A text without what a terminal or page may act upon; line ends and tabs stay. */
export const withoutControls = (text: string): string => text.replaceAll(UNPRINTABLE_IN_LINES, '')

/** A text for one line: as `withoutControls`, with spaces for line ends and tabs. */
export const inOneLine = (text: string): string =>
  text.replaceAll(/\r\n|[\n\r\t\u2028\u2029]/g, ' ').replaceAll(UNPRINTABLE, '')

/**
 * A text from outside as a terminal or page may show it: no control or direction characters, no more characters and lines than
 * allowed, and an ellipsis where it was cut.
 */
export function printable(
  text: string,
  { characters = CHARACTERS, lines: most = LINES }: PrintableOptions = {},
): string {
  const clean = withoutControls(text)
  const lines = clean.split('\n', most + 1)
  return cut(lines.length > most ? `${lines.slice(0, most).join('\n')} …` : clean, characters)
}

/** A text whose words, such as a name of a file or layer that it quotes, have at most 200 characters: longer ones lose their middle. */
export const withShortWords = (text: string): string =>
  text.replaceAll(LONG_WORD, (word) => {
    const letters = [...word]
    return `${letters.slice(0, KEPT_BEFORE).join('')}…${letters.slice(KEPT_BEFORE + 1 - CHARACTERS).join('')}`
  })

/** The first code points of a text, of which no more is looked at than that. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text
  const kept = [...text.slice(0, 2 * (characters + 1))]
  return kept.length <= characters ? text : `${kept.slice(0, characters - 1).join('')}…`
}
