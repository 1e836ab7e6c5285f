import { createRequire } from 'node:module'

const { name, version } = createRequire(import.meta.url)('../package.json') as { name: string; version: string }

/** The program and its version, as files that it writes say it. */
export const versionText = `${name} ${version}`
