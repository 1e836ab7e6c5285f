/**
 * Writes the software bill of materials of each package that is published, as CycloneDX: what it brings with it, with versions,
 * licences and hashes.
 *
 *   node scripts/write-sbom.ts [folder]   default: dist/sbom
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Part of a CycloneDX document, as far as it is looked at here. */
interface Bom {
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly licenses?: readonly unknown[]
  }[]
}

const root = resolve(import.meta.dirname, '..')
const folder = resolve(process.argv[2] ?? join(root, 'dist', 'sbom'))
mkdirSync(folder, { recursive: true })
for (const path of globSync('{packages,apps}/*/package.json', { cwd: root }).sort()) {
  const { name, private: isPrivate } = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
    name: string
    private?: boolean
  }
  if (isPrivate) continue
  const type = name === 'noisescope' ? 'application' : 'library'
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', type, '--prod', '--filter', name]
  const text = execFileSync('pnpm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { components } = JSON.parse(text) as Bom
  const file = join(folder, `${name.replace('@', '').replace('/', '-')}.cdx.json`)
  writeFileSync(file, text)
  const unsaid = components
    .filter(({ licenses }) => licenses === undefined)
    .map((each) => `${each.name} ${each.version}`)
  const note = unsaid.length > 0 ? `; no licence in the manifest of ${unsaid.join(', ')}` : ''
  console.log(`${file}: ${components.length} components${note}`)
}
