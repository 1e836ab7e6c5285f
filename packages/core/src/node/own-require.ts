import { createRequire } from 'node:module'

/**
 * Finds this package's files and dependencies from where the package is installed, though its modules may lie elsewhere:
 * the published command has them in a bundle.
 */
export const ownRequire = createRequire(createRequire(import.meta.url).resolve('@noisescope/core/node'))
