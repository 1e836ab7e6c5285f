/** Of what JSON need not escape, that which a terminal acts upon: C1, marks of direction, separators of lines. */
const ACTS = /[\u007f-\u009f\p{Bidi_Control}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')

/** A value as JSON text of several lines, of which nothing is lost and a terminal acts upon nothing. */
export const printableJson = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replaceAll(ACTS, escaped)}\n`
