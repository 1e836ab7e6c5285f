#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// What Node has compiled is kept for the next start, which then takes half as long: only for modules imported from here on.
enableCompileCache()
const { listenForOutputErrors } = await import('./output-errors.ts')
const { runCommandLine } = await import('./command-line.ts')

listenForOutputErrors()
process.exitCode = await runCommandLine(process.argv.slice(2))
