import { fileURLToPath } from 'node:url'
import { bundle, staticSize } from './bundle.ts'

/** Writes the viewer as files that pages can take as they are, without a bundler of their own: dist/bundle/index.js. */
const outDir = fileURLToPath(new URL('../dist/bundle', import.meta.url))
const chunks = await bundle({ outDir })
console.log(
  `Wrote ${outDir}: ${staticSize(chunks)} bytes by gzip to show a recorded trace, ${chunks.length} files with the engine.`,
)
