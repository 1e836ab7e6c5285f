import { fileURLToPath } from 'node:url'
import { bundle, staticSize } from './bundle.ts'

/**
 * Writes the viewer as files that pages can take as they are, without a bundler of their own: `index.js` in dist/bundle, or in
 * the folder that is named.
 */
const [, , outDir = fileURLToPath(new URL('../dist/bundle', import.meta.url))] = process.argv
const chunks = await bundle({ outDir })
console.log(
  `Wrote ${outDir}: ${staticSize(chunks)} bytes by gzip to show a recorded trace, ${chunks.length} files with the engine.`,
)
