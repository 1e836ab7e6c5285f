import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { minifyTemplates } from './minify-templates.ts'

const ENTRY = fileURLToPath(new URL('../src/index.ts', import.meta.url))

/** What is bundled, and where to. */
export interface BundleOptions {
  /** Written to this folder; nowhere if not given. */
  readonly outDir?: string
  /** Leaves out the engine, for recorded traces alone; true if not given. */
  readonly live?: boolean
}

/** Bundles the viewer with all that it needs as modules for browsers: `index.js`, and chunks that are loaded when they are used. */
export async function bundle({ outDir, live = true }: BundleOptions): Promise<readonly Rolldown.OutputChunk[]> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: fileURLToPath(new URL('..', import.meta.url)),
    plugins: [minifyTemplates()],
    // Of Lit the build for use, whatever NODE_ENV a test runner sets.
    resolve: { conditions: ['module', 'browser', 'production'] },
    build: {
      ...(outDir === undefined
        ? { write: false }
        : { outDir, emptyOutDir: true, license: { fileName: 'licences.md' } }),
      target: 'es2024',
      lib: { entry: ENTRY, formats: ['es'], fileName: 'index' },
      rolldownOptions: {
        external: live ? [] : [/\/live-engine\/index/],
        preserveEntrySignatures: 'allow-extension',
        checks: { pluginTimings: false },
        // One file of all that is loaded at once: how Rolldown merges shared chunks depends on the order of imports.
        output: { minify: true, codeSplitting: { groups: [{ name: 'viewer', tags: ['$initial'] }] } },
      },
    },
  })
  const [first] = Array.isArray(result) ? result : [result]
  return first !== undefined && 'output' in first ? first.output.filter((each) => each.type === 'chunk') : []
}

/** Bytes, by gzip, of everything that is loaded with the entry: it and what it imports, and they in turn. */
export function staticSize(chunks: readonly Rolldown.OutputChunk[]): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const loaded = new Set<string>()
  const load = (name: string): void => {
    if (loaded.has(name)) return
    loaded.add(name)
    for (const each of byName.get(name)?.imports ?? []) load(each)
  }
  for (const { fileName, isEntry } of chunks) if (isEntry) load(fileName)
  return [...loaded].reduce((sum, name) => sum + gzipSync(byName.get(name)?.code ?? '', { level: 9 }).length, 0)
}
