/**
 * Writes src/viridis.ts: the 256 colours of viridis as one text. The package d3-scale-chromatic has them, but a bundle
 * that imports one of its palettes takes in all of them: 11 kB gzip, where this table is 0.7 kB.
 *
 *   node scripts/make-viridis.ts
 */
import { writeFile } from 'node:fs/promises'
import { interpolateViridis } from 'd3-scale-chromatic'

const COLOURS = 256
const COLOURS_A_LINE = 16

const colours = Array.from({ length: COLOURS }, (_, i) => interpolateViridis(i / (COLOURS - 1)).slice(1))
const lines = Array.from({ length: COLOURS / COLOURS_A_LINE }, (_, line) =>
  colours.slice(line * COLOURS_A_LINE, (line + 1) * COLOURS_A_LINE).join(''),
)

await writeFile(
  new URL('../src/viridis.ts', import.meta.url),
  `/**
 * The 256 colours of viridis from dark blue to yellow, six hexadecimal digits each: perceptually uniform, by
 * S. van der Walt and N. Smith for matplotlib (CC0). Made by scripts/make-viridis.ts.
 */
export const VIRIDIS =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`,
)
