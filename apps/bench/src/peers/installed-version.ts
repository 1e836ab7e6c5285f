import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/**
 * The version of a package that is installed for a module, the bench's own unless another is given.
 * @throws Error when it is not installed.
 */
export function installedVersion(name: string, forModule: string = import.meta.url): string {
  const file = findPackageJSON(name, forModule)
  if (file === undefined) throw new Error(`${name} is not installed; run pnpm install`)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
