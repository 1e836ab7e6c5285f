import { shown } from './shown.ts'

/** Levels of lists and objects that a file may nest: ten times those of any file that is written here. */
const DEEPEST = 100

export interface ParsedJsonOptions {
  /** Levels of lists and objects; default 100. */
  readonly deepest?: number
}

/**
 * The value of a JSON text from outside. What nests so deep that code which walks it could run out of stack is refused before it
 * is parsed.
 * @param json a text, or its bytes in UTF-8.
 * @param refuse ends the reading with an error; given what is wrong, such as `is not JSON`.
 */
export function parsedJson(
  json: string | Uint8Array,
  refuse: (finding: string) => never,
  { deepest = DEEPEST }: ParsedJsonOptions = {},
): unknown {
  const text = typeof json === 'string' ? json : decoded(json, refuse)
  if (isDeeper(text, deepest)) return refuse(`nests more than ${deepest} levels deep, which no file of this kind does`)
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse(`is not JSON (${error instanceof Error ? shown(error.message) : 'no more is known'})`)
  }
}

function decoded(bytes: Uint8Array, refuse: (finding: string) => never): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('is not text in UTF-8')
  }
}

/** Whether brackets outside of texts nest deeper; of what is no JSON it may say either. */
function isDeeper(text: string, deepest: number): boolean {
  let depth = 0
  let isInText = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (isInText && character === '\\') i++
    else if (character === '"') isInText = !isInText
    else if (isInText) continue
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if (depth > deepest) return true
  }
  return false
}
