#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// What Node has compiled is kept for the next start, which then takes half as long: only for modules imported from here on.
enableCompileCache()
const { listenForOutputErrors } = await import('./output-errors.ts')
const { runCommandLine } = await import('./command-line.ts')
const { written } = await import('./written.ts')

listenForOutputErrors()
const code = await runCommandLine(process.argv.slice(2))
await Promise.all([written(process.stdout), written(process.stderr)])
// Not by leaving the event loop empty: Node would then take down Dawn, which waits up to a tenth of a second for a thread.
process.exit(code)
