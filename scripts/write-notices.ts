/**
 * Writes LICENSE and NOTICE into every package that is published: each is installed without the others, and a licence that is
 * only beside the whole would not come along.
 *
 *   node scripts/write-notices.ts          writes them
 *   node scripts/write-notices.ts --check  fails where one is not as it would be written
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What a package holds or brings of others, by the words with which the paragraph of NOTICE begins. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  '@noisescope/images': ['packages/images/data', 'JPEG files', 'MNIST itself', 'The photographs'],
  '@noisescope/palettes': ['The sequential colour map'],
  '@noisescope/viewer': ['The sequential colour map'],
  noisescope: [
    'packages/images/data',
    'Figures',
    'The sequential',
    'JPEG files',
    'The compact',
    'MNIST itself',
    'The built studio',
  ],
}

const [title = '', licence = '', ...parts] = read('NOTICE').trimEnd().split('\n\n')
const check = process.argv.includes('--check')
let isWrong = false
for (const path of globSync('{packages,apps}/*/package.json', { cwd: root })) {
  const manifest = JSON.parse(read(path)) as { name: string; private?: boolean; license: string }
  // Data under another licence has its own.
  if (manifest.private || manifest.license !== 'Apache-2.0') continue
  const own = (PARTS[manifest.name] ?? []).map((beginning) => {
    const part = parts.find((each) => each.startsWith(beginning))
    if (part === undefined) throw new Error(`NOTICE has no paragraph that begins with "${beginning}"`)
    return part
  })
  put(join(dirname(path), 'LICENSE'), read('LICENSE'))
  put(join(dirname(path), 'NOTICE'), `${[title, licence, ...own].join('\n\n')}\n`)
}
if (isWrong) process.exitCode = 1

function put(path: string, text: string): void {
  if (!check) {
    writeFileSync(join(root, path), text)
    return
  }
  const present = globSync(path, { cwd: root }).length > 0 ? read(path) : undefined
  if (present === text) return
  isWrong = true
  console.log(`${path} is not as scripts/write-notices.ts writes it; run it`)
}
