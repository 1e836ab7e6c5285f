import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { elementDocs } from './element-docs.ts'

/** Writes what is made of the element's doc comments: custom-elements.json, html-custom-data.json, docs/activation-viewer.md. */
const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const { manifest, editorData, page } = await elementDocs()
const files = { '../custom-elements.json': manifest, '../html-custom-data.json': editorData }
for (const [path, value] of Object.entries(files)) await writeFile(fileOf(path), JSON.stringify(value, null, 2))
const pagePath = '../../../docs/activation-viewer.md'
await writeFile(fileOf(pagePath), page)
const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))
await promisify(execFile)(process.execPath, [
  biome,
  'format',
  '--write',
  ...[...Object.keys(files), pagePath].map(fileOf),
])
