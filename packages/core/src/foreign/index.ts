export { type ParsedJsonOptions, parsedJson } from './parsed-json.ts'
export { inOneLine, type PrintableOptions, printable, withoutControls } from './printable.ts'
export { quoted, shown } from './shown.ts'
