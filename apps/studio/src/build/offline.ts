import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { filesIn } from './carry-files.ts'

const SOURCE = 'src/offline/service-worker.ts'
const FILE = 'service-worker.js'
/** Larger files (bytes) are kept when they are first used. */
const LARGE = 2 ** 21

/** What makes the page work without a network: its service worker, which is given the list of the page's files. */
export const offline = {
  source: SOURCE,
  /** Names of entries: the service worker's stays, or the browser would take each version for another worker. */
  fileName: ({ name }: { readonly name: string }): string =>
    name === 'service-worker' ? FILE : 'assets/[name]-[hash].js',
  /** @param carried folder whose files are put beside the page. */
  plugin: (carried: string): Plugin => ({
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const worker = bundle[FILE]
        if (worker?.type !== 'chunk') throw new Error(`the build has no ${FILE}`)
        const hash = createHash('sha256').update(worker.code)
        const [files, later]: [string[], string[]] = [[], []]
        const list = (name: string, content: string | Uint8Array): void => {
          const kept = content.length > LARGE ? later : files
          kept.push(name)
          hash.update(name).update(content)
        }
        for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
          if (file !== worker) list(name, file.type === 'chunk' ? file.code : file.source)
        }
        for (const name of await filesIn(carried)) list(name, await readFile(join(carried, name)))
        const version = hash.digest('hex').slice(0, 16)
        const constants = Object.entries({ FILES: files, LATER: later, VERSION: version })
        const head = constants.map(([name, value]) => `const ${name}=${JSON.stringify(value)};`).join('')
        worker.code = head + worker.code
      },
    },
  }),
}
