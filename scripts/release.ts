/**
 * Publishes the packages to npm with provenance: npm then says from which commit of which repository, and by which run of the
 * continuous integration, each was made. Only such a run can do it (npm: GitHub Actions with `permissions: id-token: write`, or
 * GitLab CI with an `id_tokens: SIGSTORE_ID_TOKEN`); the repository's address, which npm compares, is taken from it.
 *
 *   node scripts/release.ts [--dry-run]
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const isDry = process.argv.includes('--dry-run')
const repository = repositoryAddress()
const manifests = globSync('{packages,apps}/*/package.json', { cwd: root })
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  .filter(({ text }) => JSON.parse(text).private !== true)

try {
  for (const { path, text } of manifests) {
    const manifest = JSON.parse(text) as { publishConfig?: object }
    const told = {
      ...manifest,
      repository: { type: 'git', url: repository, directory: dirname(path).replaceAll('\\', '/') },
      publishConfig: { ...manifest.publishConfig, provenance: !isDry },
    }
    writeFileSync(join(root, path), `${JSON.stringify(told, undefined, 2)}\n`)
  }
  // The manifests differ from the commit by what was just written.
  const args = ['publish', '--recursive', '--no-git-checks', '--access', 'public', ...(isDry ? ['--dry-run'] : [])]
  execFileSync('pnpm', args, { cwd: root, stdio: 'inherit' })
} finally {
  for (const { path, text } of manifests) writeFileSync(join(root, path), text)
}

/** Where the commit lies, as the continuous integration says it. */
function repositoryAddress(): string {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, CI_PROJECT_URL } = process.env
  if (GITHUB_REPOSITORY) return `git+${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY}.git`
  if (CI_PROJECT_URL) return `git+${CI_PROJECT_URL}.git`
  if (isDry) return 'git+https://example.org/noisescope.git'
  throw new Error(
    'provenance needs a run of GitHub Actions or GitLab CI; elsewhere --dry-run shows what would be published',
  )
}
