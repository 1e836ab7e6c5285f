/** Sizes of the texts of a figure, in pixels. */
export type TextSize = 12 | 14 | 17

/** Letters of a sans-serif face are about this wide, as a share of their size; those of East Asian scripts about one. */
const LETTER_WIDTH = 0.56
const EAST_ASIAN = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u

/** From one line to the next. */
export const lineHeight = (size: TextSize): number => Math.round(size * 1.4)

/** About how wide a text is: its face is that of whoever looks at the figure. */
export const estimatedWidth = (text: string, size: TextSize): number =>
  size * [...text].reduce((sum, letter) => sum + (EAST_ASIAN.test(letter) ? 1 : LETTER_WIDTH), 0)

/** A text in lines of about at most so many pixels, broken between words, and within those that are longer than a line. */
export function wrapped(text: string, size: TextSize, room: number): string[] {
  const lines: string[] = []
  for (const word of text.trim().split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && estimatedWidth(longer, size) <= room) lines[lines.length - 1] = longer
    else lines.push(...cut(word, size, room))
  }
  return lines
}

function cut(word: string, size: TextSize, room: number): string[] {
  const pieces = ['']
  for (const letter of word) {
    const longer = `${pieces.at(-1)}${letter}`
    if (pieces.at(-1) === '' || estimatedWidth(longer, size) <= room) pieces[pieces.length - 1] = longer
    else pieces.push(letter)
  }
  return pieces
}
