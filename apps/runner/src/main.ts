#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// What Node has compiled is kept for the next start, which then takes half as long: only for modules imported from here on.
enableCompileCache()
const { runCommandLine } = await import('./command-line.ts')

process.exitCode = await runCommandLine(process.argv.slice(2))
