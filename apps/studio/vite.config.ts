import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { carryFiles } from './src/build/carry-files.ts'
import { offline } from './src/build/offline.ts'

/** Where what the page carries is put together, out of sight of git. */
const carried = join(fileURLToPath(import.meta.url), '..', 'node_modules', '.carried')

// biome-ignore lint/style/noDefaultExport: Vite wants it
export default defineConfig(async () => {
  await carryFiles(carried)
  return {
    // The page works in whatever folder it is put.
    base: './',
    publicDir: carried,
    build: {
      target: 'es2024',
      assetsInlineLimit: 0,
      license: { fileName: 'licences.md' },
      rolldownOptions: { input: ['index.html', offline.source], output: { entryFileNames: offline.fileName } },
    },
    worker: { format: 'es' as const },
    plugins: [offline.plugin(carried)],
  }
})
